/** `job/run_now`, and what the overlap policies say of it: the same as of a tick that comes in time. */
import { describe, expect, it } from 'vitest';
import type { Keyspace } from '../../support/keyspace.js';
import { about } from '../cast.js';
import {
  by,
  byNobody,
  clockMs,
  clockMsText,
  ended,
  FENCE,
  hashOf,
  jobOf,
  KEPT_MS,
  logOf,
  minted,
  mintedOnce,
  play,
  recordOf,
  skipped,
  still,
  underWay,
} from '../job-cast.js';
import { useLuaBench } from '../lua-bench.js';

const lua = useLuaBench();
const runNow = ['job/run_now', by] as const;
const askFor = ['job/run_now', byNobody] as const;
const anyRun = expect.stringMatching(/^manual-\d{16}$/);
const started = ['run', clockMs(), anyRun, expect.any(String), 1, ''];

/** The reply, and what somebody would now wait for. */
async function ask(given: Keyspace, run: typeof runNow | typeof askFor = runNow) {
  const { reply, after } = await play(lua(), { given, run });
  const { job, skips } = after;
  return {
    reply,
    waiting: job?.type === 'hash' ? job.value['waiting'] : undefined,
    skips: skips?.value,
    after,
  };
}

describe('a job that may run', () => {
  it('runs at once and here, called by the microsecond, also while it is paused', async () => {
    const given = { ...jobOf({ paused: '1' }), ...minted };
    const { reply, after } = await play(lua(), { given, run: runNow });
    expect(reply).toEqual(['run', clockMs(), anyRun, FENCE, 1, '']);
    const run = Array.isArray(reply) ? String(reply[2]) : '';
    const begun = { token: by.token, fence: FENCE, startedAt: clockMsText(), who: 'anna', version: '2.0' };
    const tick = run.slice('manual-'.length, -3);
    expect(after).toEqual({
      ...still(jobOf({ paused: '1' })),
      running: { type: 'zset', value: { [run]: clockMs(30_000) }, ttlMs: about(KEPT_MS) },
      runs: hashOf(recordOf(run, { ...begun, tick }), about(KEPT_MS)),
      ...mintedOnce,
    });
    expect(Math.abs(Number(tick) - Date.now())).toBeLessThan(1_000);
  });

  it('is kept for as long as its lease lasts, and a minute, although the job is not', async () => {
    const brief = { job: hashOf({ ...jobOf().job.value, keepMs: '60000', overlap: 'allow' }) };
    const run = ['job/run_now', { ...by, ttlMs: 300_000 }] as const;
    const { after } = await play(lua(), { given: { ...brief, ...minted }, run });
    const { running, runs } = after;
    expect([running?.ttlMs, runs?.ttlMs]).toEqual([about(360_000), about(360_000)]);
    if (!running || !runs) throw new Error('nothing was begun');
    const next = await play(lua(), { given: { ...brief, running, runs }, run: runNow });
    expect(next.after['runs']?.ttlMs).toEqual(about(360_000));
  });

  it('waits for a process that can run it when the caller cannot, by every policy', async () => {
    for (const overlap of ['skip', 'queue-one', 'cancel-previous', 'allow']) {
      const { reply, after } = await ask(jobOf({ overlap }), askFor);
      expect(reply).toEqual(['queued', clockMs()]);
      expect(after).toEqual({
        job: hashOf({ ...jobOf({ overlap }).job.value, waiting: anyRun }, about(KEPT_MS)),
      });
    }
  });

  it('P8.6: runs when the run before it turns out to be lost', async () => {
    const { reply, after } = await ask({ ...jobOf(), ...underWay({ 5000: { leftMs: -1 } }) });
    expect(reply).toEqual(started);
    expect(after['history']).toEqual(logOf([ended('5000', 'lost')]));
  });

  it('is unknown when no definition holds, and nothing is written', async () => {
    const given = { job: hashOf({ paused: '1' }) };
    expect(await play(lua(), { given, run: runNow })).toEqual({
      reply: ['unknown', clockMs()],
      after: still(given),
    });
  });
});

describe('the policy skip', () => {
  it('leaves it out while another runs, is to be tried again, or waits', async () => {
    const busy = { ...jobOf(), ...underWay({ 5000: {} }) };
    const again = { ...jobOf({ attempts: '2' }), ...underWay({ 5000: { leftMs: -1 } }) };
    for (const given of [busy, again, jobOf({ waiting: '5000' })]) {
      for (const [run, who] of [
        [runNow, 'anna'],
        [askFor, ''],
      ] as const) {
        const { reply, skips, after } = await ask(given, run);
        expect(reply).toEqual(['skipped:overlap', clockMs()]);
        expect(skips).toEqual([{ ...skipped('', 'overlap', who), run: anyRun, tick: clockMsText() }]);
        expect(after['job']).toMatchObject({ value: { 'count:skipped:overlap': '1' } });
      }
    }
  });
});

describe('the policy queue-one', () => {
  const policy = { overlap: 'queue-one' } as const;

  it('lets one wait, and leaves out the others', async () => {
    const busy = underWay({ 5000: {} });
    const first = await ask({ ...jobOf(policy), ...busy });
    expect([first.reply, first.waiting]).toEqual([['queued', clockMs()], anyRun]);
    const second = await ask({ ...jobOf({ ...policy, waiting: '6000' }), ...busy });
    expect([second.reply, second.waiting]).toEqual([['skipped:overlap', clockMs()], '6000']);
  });

  it('leaves it out behind one that waits when nothing runs', async () => {
    const { reply, waiting } = await ask(jobOf({ ...policy, waiting: '6000' }));
    expect([reply, waiting]).toEqual([['skipped:overlap', clockMs()], '6000']);
  });
});

describe('the policy cancel-previous', () => {
  const policy = { overlap: 'cancel-previous' } as const;

  it('asks what runs to stop, and lets this one wait', async () => {
    const given = { ...jobOf(policy), ...underWay({ 5000: {}, 5500: {} }) };
    for (const run of [runNow, askFor]) {
      const { reply, waiting, after } = await ask(given, run);
      expect([reply, waiting]).toEqual([['queued', clockMs()], anyRun]);
      const stop = { cancel: '1' };
      expect(after['runs']).toEqual(
        hashOf({ ...recordOf('5000', stop), ...recordOf('5500', stop) }, about(KEPT_MS)),
      );
    }
  });

  it('lets the last one wait, and leaves out the one before it', async () => {
    const given = { ...jobOf({ ...policy, waiting: '6000' }), ...underWay({ 5000: {} }) };
    const { reply, waiting, skips } = await ask(given);
    expect([reply, waiting]).toEqual([['queued', clockMs()], anyRun]);
    expect(skips).toEqual([skipped('6000', 'overlap')]);
  });

  it('leaves nothing without an end when the records are gone', async () => {
    const given = { ...jobOf(policy), ...underWay({ 5000: { unknown: true } }) };
    const { reply, after } = await ask(given);
    expect(reply).toEqual(['queued', clockMs()]);
    expect(after['runs']).toEqual(hashOf({ '5000/cancel': '1' }, about(KEPT_MS)));
  });
});

describe('the policy allow', () => {
  const policy = { overlap: 'allow' } as const;

  it('runs it beside others, and beside one that waits', async () => {
    const given = { ...jobOf({ ...policy, waiting: '6000' }), ...underWay({ 5000: {} }) };
    const { reply, waiting, after } = await ask(given);
    expect([reply, waiting]).toEqual([started, '6000']);
    expect(Object.keys(after['running']?.value ?? {})).toHaveLength(2);
  });

  it('lets one wait for a process that can run it, and leaves out the others', async () => {
    const { reply, waiting } = await ask(jobOf({ ...policy, waiting: '6000' }), askFor);
    expect([reply, waiting]).toEqual([['skipped:overlap', clockMs()], '6000']);
  });
});

describe('trouble', () => {
  it('is an error of Redis without memory and on a replica, and changes nothing', async () => {
    const busy = underWay({ 5000: {} });
    const lost = underWay({ 5000: { leftMs: -1 } });
    for (const given of [
      jobOf(),
      { ...jobOf(), ...busy },
      { ...jobOf(), ...lost },
      { ...jobOf({ overlap: 'queue-one' }), ...busy },
      { ...jobOf({ overlap: 'cancel-previous', waiting: '4000' }), ...busy },
    ]) {
      for (const [trouble, error] of [
        [{ full: true }, 'OOM'],
        [{ demoted: true }, 'READONLY'],
      ] as const) {
        expect(await play(lua(), { given, run: runNow, ...trouble })).toEqual({
          reply: { error },
          after: still(given),
        });
      }
    }
  });
});
