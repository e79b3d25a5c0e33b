/** Jobs of two instances on one embedded server, seen from the public face, on a clock that the test moves. */
import { createHoldfast, type Holdfast, type JobOptions } from '@holdfast/core';
import { embedded, SettableClock } from '@holdfast/embedded';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

const START = Date.UTC(2026, 0, 1);
const EVERY_SECOND: JobOptions = { name: 'tidy up', cron: '* * * * * *' };

let clock: SettableClock;
let instances: Holdfast[];
/** Who ran what, in order. */
let ran: { replica: string; at: number; run: string }[];

beforeEach(async () => {
  clock = new SettableClock({ wallStart: START });
  const connection = embedded({ clock });
  ran = [];
  instances = await Promise.all(
    ['one', 'other'].map((replica) => createHoldfast({ connection, namespace: 'shop', replica })),
  );
});
afterEach(async () => {
  await Promise.all(instances.map((instance) => instance.close(0)));
});

function define(options: JobOptions, body: () => Promise<void> = async () => undefined): void {
  for (const { jobs, replica } of instances)
    jobs.define(options, async (run) => {
      ran.push({ replica, at: clock.wallNow(), run: run.id });
      await body();
    });
}

const jobs = () => {
  const [instance] = instances;
  if (instance === undefined) throw new Error('there is no instance');
  return instance.jobs;
};

describe('jobs on the embedded host', () => {
  it('run each tick once, whatever the number of instances', async () => {
    define(EVERY_SECOND);
    await clock.advance('10s');
    const ticks = Array.from({ length: 10 }, (_, at) => String(START + 1_000 * (at + 1)));
    expect(ran.map(({ run }) => run)).toEqual(ticks);
    for (const { at, run } of ran) expect(at - Number(run)).toBeLessThan(100);
  });

  it('write down how each run ended, the latest first, and page by page', async () => {
    let calls = 0;
    define(EVERY_SECOND, async () => {
      calls += 1;
      if (calls === 2) throw new Error('no paper');
    });
    await clock.advance('3s');
    const history = await jobs().history('tidy up');
    expect(history.map((entry) => [entry.kind, entry.run, 'outcome' in entry ? entry.outcome : ''])).toEqual([
      ['run', String(START + 3_000), 'ok'],
      ['run', String(START + 2_000), 'failed'],
      ['run', String(START + 1_000), 'ok'],
    ]);
    expect(history[1]).toMatchObject({
      error: expect.stringContaining('no paper'),
      attempt: 1,
      scheduledAt: START + 2_000,
    });
    const [latest, ...older] = history;
    expect(await jobs().history('tidy up', { before: latest?.id ?? '' })).toEqual(older);
    expect(await jobs().inspect('tidy up')).toMatchObject({ running: [], counts: { ok: 2, failed: 1 } });
  });

  it('pause and go on in every instance', async () => {
    define(EVERY_SECOND);
    await clock.advance('2s');
    expect(await jobs().pause('tidy up')).toBe(true);
    expect(await jobs().pause('tidy up')).toBe(false);
    await clock.advance('3s');
    expect(ran).toHaveLength(2);
    expect(await jobs().inspect('tidy up')).toMatchObject({ paused: true, counts: { 'skipped:paused': 3 } });
    expect(await jobs().resume('tidy up')).toBe(true);
    await clock.advance('2s');
    expect(ran.map(({ run }) => Number(run) - START)).toEqual([1_000, 2_000, 6_000, 7_000]);
  });

  it('run when asked to, also when they are paused, and not beside themselves', async () => {
    let finish: () => void = () => undefined;
    define({ name: 'tidy up' }, () => new Promise((resolve) => (finish = resolve)));
    await clock.advance('1s');
    await jobs().pause('tidy up');
    const started = await jobs().runNow('tidy up');
    expect(started).toMatchObject({ outcome: 'started', run: expect.stringMatching(/^manual-\d+$/) });
    expect(await jobs().runNow('tidy up')).toEqual({ outcome: 'skipped', reason: 'overlap' });
    await clock.advance('60s');
    expect((await jobs().inspect('tidy up')).running).toMatchObject([{ attempt: 1, replica: 'one' }]);
    finish();
    await clock.settle();
    expect(await jobs().inspect('tidy up')).toMatchObject({
      running: [],
      counts: { ok: 1, 'skipped:overlap': 1 },
    });
    expect(ran).toHaveLength(1);
    expect(await jobs().runNow('of nobody')).toEqual({ outcome: 'unknown' });
  });

  it('wait for the run before them where that is the policy', async () => {
    define({ ...EVERY_SECOND, overlap: 'queue-one' }, async () => {
      await new Promise<void>((resolve) => clock.setTimer(1_500, resolve, 'ref'));
    });
    await clock.advance('4s');
    expect(ran.map(({ run }) => Number(run) - START).slice(0, 3)).toEqual([1_000, 2_000, 3_000]);
    expect(ran.map(({ at }) => at - START).slice(0, 2)).toEqual([1_000, 2_500]);
    await jobs().pause('tidy up');
    await clock.advance('10s');
  });

  it('leave no timer behind when their instances close', async () => {
    define(EVERY_SECOND);
    await clock.advance('2s');
    await Promise.all(instances.map((instance) => instance.close(0)));
    await clock.advance('60s');
    expect(clock.pendingTimers).toBe(0);
    expect(ran).toHaveLength(2);
  });
});
