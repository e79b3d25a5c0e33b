/** `job/claim_tick` for a tick that comes while something else runs, and what is left of a claim that cannot be made. */
import { describe, expect, it } from 'vitest';
import type { Keyspace } from '../../support/keyspace.js';
import {
  claimOf,
  clockMs,
  ended,
  jobOf,
  KEPT_MS,
  logOf,
  play,
  recordOf,
  skipped,
  still,
  ticksOf,
  underWay,
} from '../job-cast.js';
import { useLuaBench } from '../lua-bench.js';

const lua = useLuaBench();
const now = (offset = 0): number => Date.now() + offset;
const busy = () => underWay({ 5000: {} });
const claimedOnly = (tick: number) => still(ticksOf([tick]))['ticks'];

describe('a tick while another run is under way', () => {
  it('is skipped by the policy skip, and claimed', async () => {
    const tick = now();
    const { reply, after } = await play(lua(), { given: { ...jobOf(), ...busy() }, run: claimOf(tick) });
    expect(reply).toEqual(['skipped:overlap', clockMs()]);
    expect(after['skips']).toEqual(logOf([skipped(String(tick), 'overlap')]));
    expect(after['ticks']).toEqual(claimedOnly(tick));
  });

  it('P8.7: waits by the policy queue-one, and is claimed', async () => {
    const tick = now();
    const given = { ...jobOf({ overlap: 'queue-one' }), ...busy() };
    const { reply, after } = await play(lua(), { given, run: claimOf(tick) });
    expect(reply).toEqual(['queued', clockMs()]);
    expect(after['job']).toMatchObject({ value: { waiting: String(tick) } });
    expect(after['ticks']).toEqual(claimedOnly(tick));
  });

  it('waits by the policy cancel-previous, which asks the other to stop', async () => {
    const tick = now();
    const given = { ...jobOf({ overlap: 'cancel-previous', waiting: '6000' }), ...busy() };
    const { reply, after } = await play(lua(), { given, run: claimOf(tick) });
    expect(reply).toEqual(['queued', clockMs()]);
    expect(after['job']).toMatchObject({ value: { waiting: String(tick) } });
    expect(after['runs']).toMatchObject({ value: recordOf('5000', { cancel: '1' }) });
    expect(after['skips']).toEqual(logOf([skipped('6000', 'overlap')]));
  });

  it('is run beside it by the policy allow', async () => {
    const tick = now();
    const given = { ...jobOf({ overlap: 'allow' }), ...busy() };
    const { reply, after } = await play(lua(), { given, run: claimOf(tick) });
    expect(reply).toEqual(['run', clockMs(), String(tick), expect.any(String), 1, '']);
    expect(Object.keys(after['running']?.value ?? {})).toHaveLength(2);
  });

  it('P8.6: is run when the other is lost', async () => {
    const tick = now();
    const given = { ...jobOf(), ...underWay({ 5000: { leftMs: -1 } }) };
    const { reply, after } = await play(lua(), { given, run: claimOf(tick) });
    expect(reply).toEqual(['run', clockMs(), String(tick), expect.any(String), 1, '']);
    expect(after['history']).toEqual(logOf([ended('5000', 'lost')]));
  });

  it('P8.6: is skipped while a lost run is to be tried again', async () => {
    const given = { ...jobOf({ attempts: '2' }), ...underWay({ 5000: { leftMs: -1 } }) };
    const { reply } = await play(lua(), { given, run: claimOf(now()) });
    expect(reply).toEqual(['skipped:overlap', clockMs()]);
  });
});

it('a tick whose claimer cannot run it waits for a process that can', async () => {
  const tick = now();
  const { reply, after } = await play(lua(), { given: jobOf(), run: claimOf(tick, { who: '' }) });
  expect(reply).toEqual(['queued', clockMs()]);
  expect(after['job']).toMatchObject({ value: { waiting: String(tick) } });
});

describe('a claim that cannot be made', () => {
  it('is an error of Redis without memory and on a replica, and the tick is still nobody’s', async () => {
    const keyspaces = [
      jobOf(),
      jobOf({ paused: '1' }),
      { ...jobOf(), ...busy() },
      { ...jobOf(), ...underWay({ 5000: { leftMs: -1 } }) },
      { ...jobOf({ overlap: 'cancel-previous', waiting: '6000' }), ...busy() },
    ];
    for (const given of keyspaces) {
      for (const [trouble, error] of [
        [{ full: true }, 'OOM'],
        [{ demoted: true }, 'READONLY'],
      ] as const) {
        expect(await play(lua(), { given, run: claimOf(now()), ...trouble })).toEqual({
          reply: { error },
          after: still(given),
        });
      }
    }
  });

  it('leaves the tick to be claimed when a key is of another type, and says so', async () => {
    const strange = { type: 'list', value: ['x'], ttlMs: KEPT_MS } as const;
    const left = [
      { ...jobOf(), minted: strange },
      { ...jobOf(), running: strange },
      { ...jobOf(), runs: strange },
      { ...jobOf(), ticks: strange },
      { ...jobOf({ paused: '1' }), skips: strange },
    ] satisfies Keyspace[];
    for (const given of left) {
      expect(await play(lua(), { given, run: claimOf(now()) })).toEqual({
        reply: { error: 'WRONGTYPE' },
        after: still(given),
      });
    }
  });
});
