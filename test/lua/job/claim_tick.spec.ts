/** `job/claim_tick` for a tick that comes in time: who may claim it, and that it is claimed once. */
import { describe, expect, it } from 'vitest';
import type { Keyspace } from '../../support/keyspace.js';
import { about } from '../cast.js';
import {
  claimOf,
  clockMs,
  FENCE,
  hashOf,
  jobOf,
  KEPT_MS,
  logOf,
  mine,
  minted,
  mintedOnce,
  play,
  skipped,
  startedRun,
  still,
  ticksOf,
  underWay,
} from '../job-cast.js';
import { useLuaBench } from '../lua-bench.js';

const lua = useLuaBench();
const now = (offset = 0): number => Date.now() + offset;

/** What a claim leaves in the job: its floor follows the window of five seconds. */
const claimed = (tick: number, fields: Readonly<Record<string, string>> = {}): Keyspace => {
  const { job } = jobOf();
  const floor = expect.toSatisfy((text: unknown) => Math.abs(Number(text) - now(-5_000)) < 1_000);
  const value = { ...job.value, floor, claimed: String(tick), ...fields };
  return { job: hashOf(value, about(KEPT_MS)), ticks: { ...ticksEntry(tick), ttlMs: about(KEPT_MS) } };
};
const ticksEntry = (tick: number) =>
  ({ type: 'zset', value: { [String(tick)]: tick } }) as const satisfies Keyspace[string];

describe('a tick that nobody claimed', () => {
  it('P8.1: is claimed, leased and recorded in one step, and each key ends by itself', async () => {
    const tick = now(-20);
    expect(await play(lua(), { given: { ...jobOf(), ...minted }, run: claimOf(tick) })).toEqual({
      reply: ['run', clockMs(), String(tick), FENCE, 1, ''],
      after: { ...claimed(tick), ...startedRun(String(tick)), ...mintedOnce },
    });
  });

  it('P8.2: is early before its time by more than 50 ms, by the clock of the server', async () => {
    const tick = now(200);
    expect(await play(lua(), { given: jobOf(), run: claimOf(tick) })).toEqual({
      reply: ['early', clockMs()],
      after: still(jobOf()),
    });
  });

  it('P8.2: may be claimed a little before its time', async () => {
    const { reply } = await play(lua(), { given: jobOf(), run: claimOf(now(25)) });
    expect(reply).toEqual(['run', clockMs(), expect.any(String), expect.any(String), 1, '']);
  });

  it('P8.7: is early for as long as its jitter lasts, and in time after it', async () => {
    const tick = now(-5_000);
    const ask = (delayMs: number) => play(lua(), { given: jobOf(), run: claimOf(tick, { delayMs }) });
    expect((await ask(6_000)).reply).toEqual(['early', clockMs()]);
    expect((await ask(4_900)).reply).toEqual(['run', clockMs(), String(tick), expect.any(String), 1, '']);
  });

  it('is skipped while the job is paused, and stays claimed', async () => {
    const tick = now(-20);
    const given = { ...jobOf({ paused: '1', 'count:skipped:paused': '4' }) };
    expect(await play(lua(), { given, run: claimOf(tick) })).toEqual({
      reply: ['skipped:paused', clockMs()],
      after: {
        ...claimed(tick, { paused: '1', 'count:skipped:paused': '5', accounted: String(tick) }),
        skips: logOf([skipped(String(tick), 'paused')]),
      },
    });
  });

  it('is unknown when no definition holds, also where a pause is remembered', async () => {
    const given = { job: hashOf({ paused: '1' }) };
    expect(await play(lua(), { run: claimOf(now()) })).toEqual({ reply: ['unknown', clockMs()], after: {} });
    expect(await play(lua(), { given, run: claimOf(now()) })).toEqual({
      reply: ['unknown', clockMs()],
      after: still(given),
    });
  });

  it('P8.5: is superseded for whoever goes by another definition', async () => {
    const given = jobOf({ hash: 'newer' });
    expect(await play(lua(), { given, run: claimOf(now()) })).toEqual({
      reply: ['superseded', clockMs()],
      after: still(given),
    });
  });
});

describe('a tick that somebody claimed', () => {
  it('P8.3: is claimed, whoever asks and by whatever definition', async () => {
    const tick = now(-20);
    const given = { ...jobOf(), ...ticksOf([tick]), ...underWay({ [tick]: {} }) };
    for (const hash of ['own', 'other']) {
      expect(await play(lua(), { given, run: claimOf(tick, { hash }) })).toEqual({
        reply: ['claimed', clockMs()],
        after: still(given),
      });
    }
  });

  it('P8.3: does not keep an older one from being claimed behind it', async () => {
    const [older, newer] = [now(-400), now(-20)];
    const given = { ...jobOf({ claimed: String(newer) }), ...ticksOf([newer]) };
    const { reply, after } = await play(lua(), { given, run: claimOf(older) });
    expect(reply).toEqual(['run', clockMs(), String(older), expect.any(String), 1, '']);
    expect(after['ticks']).toEqual(still(ticksOf([older, newer]))['ticks']);
    expect(after['job']).toEqual(claimed(newer)['job']);
  });

  it('P8.4: is run by its claimer when the answer was lost: the same claim again, its lease begun anew', async () => {
    const tick = now(-20);
    const fields = { token: mine, checkpoint: 'so far' };
    const given = { ...jobOf(), ...ticksOf([tick]), ...underWay({ [tick]: { leftMs: -400, fields } }) };
    expect(await play(lua(), { given, run: claimOf(tick) })).toEqual({
      reply: ['run', clockMs(), String(tick), '7', 1, 'so far'],
      after: {
        ...still(given),
        running: { type: 'zset', value: { [tick]: clockMs(30_000) }, ttlMs: about(KEPT_MS) },
      },
    });
  });

  it('P8.4: is run by its claimer also when the tick was forgotten and another definition holds', async () => {
    const tick = now(-20);
    const given = {
      ...jobOf({ hash: 'newer', floor: String(tick) }),
      ...underWay({ [tick]: { fields: { token: mine } } }),
    };
    const { reply } = await play(lua(), { given, run: claimOf(tick) });
    expect(reply).toEqual(['run', clockMs(), String(tick), '7', 1, '']);
  });

  it('P8.4: is run by its claimer when the key of running runs is gone, which then ends by itself', async () => {
    const tick = now(-20);
    const { runs } = underWay({ [tick]: { fields: { token: mine } } });
    if (runs === undefined) throw new Error('no record was made');
    const given = { ...jobOf(), ...ticksOf([tick]), runs };
    const { reply, after } = await play(lua(), { given, run: claimOf(tick) });
    expect(reply).toEqual(['run', clockMs(), String(tick), '7', 1, '']);
    expect(after['running']).toEqual({
      type: 'zset',
      value: { [tick]: clockMs(30_000) },
      ttlMs: about(KEPT_MS),
    });
  });

  it('P8.4: is claimed for its claimer when the run is over, or another attempt has it', async () => {
    const tick = now(-20);
    const over = { ...jobOf(), ...ticksOf([tick]) };
    const again = { ...over, ...underWay({ [tick]: { fields: { attempt: '2' } } }) };
    for (const given of [over, again]) {
      expect(await play(lua(), { given, run: claimOf(tick) })).toEqual({
        reply: ['claimed', clockMs()],
        after: still(given),
      });
    }
  });
});
