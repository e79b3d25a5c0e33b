/**
 * Random sequences of the scripts of jobs, with several definitions, processes, tokens and runs, and time that passes: the
 * same answers and the same keyspace on Redis and on the embedded host.
 */
import { allScripts } from '@holdfast/core';
import fc from 'fast-check';
import type { Redis } from 'ioredis';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { rounds } from '../support/long.js';
import { startRedis, type RedisServer } from '../support/redis-server.js';
import { playOnEmbedded } from './job-hosts.js';
import { moves } from './job-moves.js';
import { madeIdsAlike, withoutMadeIds } from './made-ids.js';
import { onRedis, type StoredKey, type Told } from './two-hosts.js';

/** A sequence that the machine held up for longer proves nothing: something may have expired on one side. */
const STALL_MS = 300;

let server: RedisServer;
let redis: Redis;

beforeAll(async () => {
  server = await startRedis();
  redis = server.client();
});
afterAll(() => server.stop());

const [called, answered] = [new Set<string>(), new Set<Told>()];

const withoutTtl = ({ key, type, value }: StoredKey) => ({ key, type, value: withoutMadeIds(value) });

describe('the scripts of jobs on the embedded host', () => {
  it('answer and write as on Redis, whatever the sequence', async () => {
    await fc.assert(
      fc.asyncProperty(moves, async (sequence) => {
        const ours = await playOnEmbedded(sequence);
        const real = await onRedis(redis, ours.onRedis);
        fc.pre(real.tookMs < STALL_MS);
        expect(ours.replies.map(madeIdsAlike)).toEqual(real.replies.map(madeIdsAlike));
        expect(ours.keyspace.map(withoutTtl)).toEqual(real.keyspace.map(withoutTtl));
        real.keyspace.forEach(({ key, ttlMs }, at) => {
          const more = (ours.keyspace[at]?.ttlMs ?? Number.NaN) - ttlMs;
          // Each call takes a millisecond of our clock, and what it takes of the real one.
          expect(more, key).toBeGreaterThanOrEqual(-sequence.length);
          expect(more, key).toBeLessThanOrEqual(real.tookMs + 1);
        });
        for (const one of sequence) if ('script' in one) called.add(one.script);
        for (const reply of real.replies) if (Array.isArray(reply)) answered.add(reply[0]);
      }),
      { numRuns: rounds(150, 3_000) },
    );
  }, 600_000);

  it('are all part of these sequences, with everything that they answer', () => {
    const ofJobs = allScripts.map(({ name }) => name).filter((name) => name.startsWith('job/'));
    expect([...called].toSorted()).toEqual(ofJobs.toSorted());
    const codes = [
      'run',
      'queued',
      'claimed',
      'stale',
      'busy',
      'early',
      'superseded',
      'unknown',
      'idle',
      'done',
    ];
    const skips = ['paused', 'missed', 'overlap'].map((reason) => `skipped:${reason}`);
    expect([...answered]).toEqual(expect.arrayContaining([...codes, ...skips, 0, 1]));
  });
});
