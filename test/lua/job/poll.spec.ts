/** `job/poll`: a process says that it has a job, and hears what there is to know and to do. */
import { describe, expect, it } from 'vitest';
import type { Keyspace } from '../../support/keyspace.js';
import { about } from '../cast.js';
import {
  by,
  byNobody,
  clockMs,
  clockMsText,
  DAY_MS,
  hashOf,
  jobOf,
  KEPT_MS,
  play,
  still,
  underWay,
} from '../job-cast.js';
import { useLuaBench } from '../lua-bench.js';

const lua = useLuaBench();
const poll = ['job/poll', { hash: 'own', ...by }] as const;
const look = ['job/poll', { hash: 'own', ...byNobody }] as const;
const alive = { 'alive:own': clockMsText(60_000) } as const;

/** The same job a moment later, whose process was heard of. */
const heard = (given: Keyspace): Keyspace => {
  const { job } = given;
  if (job?.type !== 'hash') throw new Error('a job is a hash');
  return { ...still(given), job: hashOf({ ...job.value, ...alive }, about(KEPT_MS)) };
};

describe('a process with nothing to do', () => {
  it('hears of the floor and of the definition, and the job is kept on', async () => {
    const given = { job: { ...jobOf({ floor: '1799999999999' }).job, ttlMs: 5_000 } };
    expect(await play(lua(), { given, run: poll })).toEqual({
      reply: ['idle', clockMs(), 1_799_999_999_999, 1_799_999_999_999, 0, 'own', ''],
      after: heard(given),
    });
  });

  it('P8.1: hears that the job is paused, and does not shorten how long that is remembered', async () => {
    const { job } = jobOf({ paused: '1' });
    for (const [left, kept] of [
      [400 * DAY_MS, 400 * DAY_MS],
      [5_000, KEPT_MS],
    ] as const) {
      const given = { job: { ...job, ttlMs: left } };
      expect(await play(lua(), { given, run: poll })).toEqual({
        reply: ['idle', clockMs(), 1_000, 1_000, 1, 'own', ''],
        after: { job: hashOf({ ...job.value, ...alive }, about(kept)) },
      });
    }
  });

  it('hears which runs were asked to stop', async () => {
    const stop = { fields: { cancel: '1' } } as const;
    const given = { ...jobOf({ overlap: 'allow' }), ...underWay({ 5000: stop, 6000: {}, 7000: stop }) };
    expect(await play(lua(), { given, run: look })).toEqual({
      reply: ['idle', clockMs(), 1_000, 1_000, 0, 'own', '', '5000', '7000'],
      after: heard(given),
    });
  });
});

describe('a process with another definition', () => {
  const heldBy = (fields: Readonly<Record<string, string>> = {}) =>
    jobOf({
      hash: 'held',
      definition: 'text of held',
      'seen:held': '2000',
      'seen:own': '1000',
      'alive:held': String(Date.now() + 50_000),
      ...fields,
    });
  const unknown = { reply: ['unknown', clockMs()] };

  it('P8.5: hears the one that holds, and is remembered as one that is there', async () => {
    const given = heldBy();
    expect(await play(lua(), { given, run: poll })).toEqual({
      reply: ['idle', clockMs(), 1_000, 1_000, 0, 'held', 'text of held'],
      after: heard(given),
    });
  });

  it('P8.5: is asked to bring its own when no process has had the other for a minute', async () => {
    const given = heldBy({ 'alive:held': String(Date.now() - 1) });
    expect(await play(lua(), { given, run: poll })).toEqual({ ...unknown, after: still(given) });
  });

  it('P8.5: is asked to bring its own when that is newer: an older one came first after an outage', async () => {
    for (const newer of [{ 'seen:own': '3000' }, { 'version:own': '2', 'version:held': '1' }]) {
      const given = heldBy(newer);
      expect(await play(lua(), { given, run: poll })).toEqual({ ...unknown, after: still(given) });
    }
  });

  it('P8.5: is asked to bring its own when Redis lost it', async () => {
    const { 'seen:own': _, ...value } = heldBy().job.value;
    const given = { job: hashOf(value) };
    expect(await play(lua(), { given, run: poll })).toEqual({ ...unknown, after: still(given) });
  });

  it('P8.5: holds after that by the same rule, so that nobody asks for ever', async () => {
    const definition = {
      version: '',
      definition: 'text of own',
      schedule: 'daily',
      missed: 'skip',
      latenessMs: 0,
    } as const;
    const limits = { catchUpMs: 0, attempts: 1, keep: 3, keepMs: KEPT_MS, overlap: 'skip' } as const;
    for (const fields of [{ 'alive:held': '1' }, { 'seen:own': '3000' }]) {
      const { after } = await play(lua(), {
        given: heldBy(fields),
        run: ['job/define', { hash: 'own', ...definition, ...limits }],
      });
      const { reply } = await play(lua(), { given: after, run: poll });
      expect(reply).toEqual(['idle', clockMs(), 1_000, 1_000, 0, 'own', '']);
    }
  });
});

describe('a job that nobody knows', () => {
  it('is unknown, also when a pause or runs are left of it, and nothing is written', async () => {
    const left = { job: hashOf({ paused: '1' }), ...underWay({ 5000: { leftMs: -1 } }) };
    expect(await play(lua(), { run: poll })).toEqual({ reply: ['unknown', clockMs()], after: {} });
    const { reply, after } = await play(lua(), { given: left, run: poll });
    expect(reply).toEqual(['unknown', clockMs()]);
    expect(Object.keys(after)).toEqual(['job', 'running', 'runs']);
  });
});

describe('trouble', () => {
  it('is an error of Redis without memory and on a replica, and what was lost stays to be taken up', async () => {
    const given = {
      ...jobOf({ attempts: '2', waiting: '9000' }),
      ...underWay({ 5000: { leftMs: -1 }, 6000: { leftMs: -1, fields: { attempt: '2' } } }),
    };
    for (const [trouble, error] of [
      [{ full: true }, 'OOM'],
      [{ demoted: true }, 'READONLY'],
    ] as const) {
      expect(await play(lua(), { given, run: poll, ...trouble })).toEqual({
        reply: { error },
        after: still(given),
      });
    }
  });

  it('is an error of Redis on a counter of another type, and the run that waits goes on waiting', async () => {
    const minted: Keyspace = { minted: { type: 'list', value: ['x'], ttlMs: KEPT_MS } };
    const waiting = { ...jobOf({ waiting: '9000' }), ...minted };
    const lost = { ...jobOf({ attempts: '2' }), ...underWay({ 5000: { leftMs: -1 } }), ...minted };
    for (const given of [waiting, lost]) {
      expect(await play(lua(), { given, run: poll })).toEqual({
        reply: { error: 'WRONGTYPE' },
        after: heard(given),
      });
    }
  });
});
