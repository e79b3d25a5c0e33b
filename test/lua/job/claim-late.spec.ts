/** `job/claim_tick` for ticks of which it is late: the floor, the policies for missed ones, and what data loss leaves. */
import { describe, expect, it } from 'vitest';
import { about } from '../cast.js';
import {
  by,
  clockMs,
  clockMsText,
  hashOf,
  jobOf,
  KEPT_MS,
  logOf,
  play,
  skipped,
  still,
  ticksOf,
  underWay,
} from '../job-cast.js';
import { useLuaBench } from '../lua-bench.js';

const lua = useLuaBench();
const PERIOD_MS = 2_000;
const claimOf = (tick: number, more: Readonly<Record<string, string | number>> = {}) =>
  ['job/claim_tick', { tick, delayMs: 0, nextTick: tick + PERIOD_MS, hash: 'own', ...by, ...more }] as const;
const now = (offset = 0): number => Date.now() + offset;
const isRun = (tick: number) => ['run', clockMs(), String(tick), expect.any(String), 1, ''];
const catchingUp = { missed: 'all', catchUpMs: '60000' } as const;

describe('a late tick', () => {
  it('P8.2: is skipped as missed when the policy says skip', async () => {
    const tick = now(-6_500);
    const { job } = jobOf({ missed: 'skip' });
    expect(await play(lua(), { given: { job }, run: claimOf(tick) })).toEqual({
      reply: ['skipped:missed', clockMs()],
      after: {
        job: hashOf(
          { ...job.value, floor: String(tick), claimed: String(tick), 'count:skipped:missed': '1' },
          about(KEPT_MS),
        ),
        skips: logOf([skipped(String(tick), 'missed')]),
        ticks: { type: 'zset', value: { [tick]: tick }, ttlMs: about(KEPT_MS) },
      },
    });
  });

  it('P8.2: is in time within the lateness, of its jitter too', async () => {
    const [tick, delayed] = [now(-500), now(-5_500)];
    expect((await play(lua(), { given: jobOf(), run: claimOf(tick) })).reply).toEqual(isRun(tick));
    const run = claimOf(delayed, { delayMs: 5_000 });
    expect((await play(lua(), { given: jobOf(), run })).reply).toEqual(isRun(delayed));
  });

  it('P8.2: is run by the policy last only if the tick behind it is not late', async () => {
    const given = jobOf({ missed: 'last', catchUpMs: '60000' });
    const [older, last] = [now(-9_500), now(-7_500)];
    expect((await play(lua(), { given, run: claimOf(older) })).reply).toEqual(['skipped:missed', clockMs()]);
    const run = claimOf(last, { nextTick: now(-500) });
    expect((await play(lua(), { given, run })).reply).toEqual(isRun(last));
  });

  it('P8.2: is run by the policy all, however many are late', async () => {
    const tick = now(-30_000);
    expect((await play(lua(), { given: jobOf(catchingUp), run: claimOf(tick) })).reply).toEqual(isRun(tick));
  });

  it('P8.2: is missed beyond the catch-up window by every policy', async () => {
    const given = (missed: string) => jobOf({ ...catchingUp, missed });
    for (const missed of ['skip', 'last', 'all']) {
      const run = claimOf(now(-61_000), { nextTick: now(60_000) });
      expect((await play(lua(), { given: given(missed), run })).reply).toEqual(['skipped:missed', clockMs()]);
    }
  });

  it('is skipped as paused while the job is paused', async () => {
    const given = jobOf({ ...catchingUp, paused: '1' });
    const { reply } = await play(lua(), { given, run: claimOf(now(-30_000)) });
    expect(reply).toEqual(['skipped:paused', clockMs()]);
  });
});

describe('a late tick that is to be made up for', () => {
  const tick = now(-30_000);

  it('is not claimed while another run is under way', async () => {
    for (const overlap of ['skip', 'queue-one', 'cancel-previous']) {
      const given = { ...jobOf({ ...catchingUp, overlap }), ...underWay({ 5000: {} }) };
      expect(await play(lua(), { given, run: claimOf(tick) })).toEqual({
        reply: ['busy', clockMs()],
        after: still(given),
      });
    }
  });

  it('is not claimed while another run waits, for it would be left out', async () => {
    const given = jobOf({ ...catchingUp, overlap: 'queue-one', waiting: '5000' });
    expect(await play(lua(), { given, run: claimOf(tick) })).toEqual({
      reply: ['busy', clockMs()],
      after: still(given),
    });
  });

  it('is run beside others when the policy allows that', async () => {
    const given = { ...jobOf({ ...catchingUp, overlap: 'allow' }), ...underWay({ 5000: {} }) };
    expect((await play(lua(), { given, run: claimOf(tick) })).reply).toEqual(isRun(tick));
  });

  it('P8.6: is run when the run before it turns out to be lost', async () => {
    const given = { ...jobOf(catchingUp), ...underWay({ 5000: { leftMs: -1 } }) };
    expect((await play(lua(), { given, run: claimOf(tick) })).reply).toEqual(isRun(tick));
  });
});

describe('the floor', () => {
  it('P8.3: makes what is at it or below it stale, also what was claimed and forgotten', async () => {
    const tick = now(-500);
    for (const floor of [tick, tick + 1]) {
      const given = { ...jobOf({ floor: String(floor) }), ...ticksOf([tick + 200]) };
      expect(await play(lua(), { given, run: claimOf(tick) })).toEqual({
        reply: ['stale', clockMs()],
        after: still(given),
      });
    }
  });

  it('P8.3: follows the window of catch-up and lateness, and what is below it is forgotten', async () => {
    const tick = now(-20);
    const [kept, forgotten] = [now(-50_000), now(-70_000)];
    const given = { ...jobOf(catchingUp), ...ticksOf([forgotten, kept]) };
    const { after } = await play(lua(), { given, run: claimOf(tick) });
    expect(after['ticks']).toEqual(still(ticksOf([kept, tick]))['ticks']);
    expect(after['job']).toMatchObject({ value: { floor: clockMsText(-65_000), claimed: String(tick) } });
  });

  it('P8.3: never falls, also when the window is made wider', async () => {
    const floor = String(now(-5_000));
    const { after } = await play(lua(), { given: jobOf({ ...catchingUp, floor }), run: claimOf(now(-20)) });
    expect(after['job']).toMatchObject({ value: { floor } });
  });

  it('P8.3: does not pass a tick that was late: each of those behind it has its own turn', async () => {
    const [first, second] = [now(-40_000), now(-38_000)];
    const { after } = await play(lua(), { given: jobOf(), run: claimOf(first) });
    expect(after['job']).toMatchObject({ value: { floor: String(first) } });
    const next = await play(lua(), { given: after, run: claimOf(second) });
    expect(next.reply).toEqual(['skipped:missed', clockMs()]);
  });

  it('P8.7: does not pass a tick whose jitter is longer than the window', async () => {
    const [first, second] = [now(-20_020), now(-19_020)];
    const { after } = await play(lua(), { given: jobOf(), run: claimOf(first, { delayMs: 20_000 }) });
    const { job, ticks } = after;
    if (job === undefined || ticks === undefined) throw new Error('nothing was claimed');
    const run = claimOf(second, { delayMs: 19_000 });
    expect((await play(lua(), { given: { job, ticks }, run })).reply).toEqual(isRun(second));
  });
});

describe('ticks that Redis lost', () => {
  it('P8.3: are stale up to the last one that was claimed', async () => {
    const tick = now(-400);
    const given = jobOf({ ...catchingUp, claimed: String(tick) });
    for (const lost of [tick, tick - 10_000]) {
      expect(await play(lua(), { given, run: claimOf(lost) })).toEqual({
        reply: ['stale', clockMs()],
        after: still(given),
      });
    }
  });

  it('P8.3: do not keep the next one from being run', async () => {
    const tick = now(-20);
    const given = jobOf({ claimed: String(tick - PERIOD_MS) });
    expect((await play(lua(), { given, run: claimOf(tick) })).reply).toEqual(isRun(tick));
  });
});
