/** `job/finish`: a run is over, once, and its process goes on with the one that waits. */
import { describe, expect, it } from 'vitest';
import type { Keyspace } from '../../support/keyspace.js';
import { about } from '../cast.js';
import {
  by,
  byNobody,
  clockMs,
  ended,
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
  theirs,
  underWay,
} from '../job-cast.js';
import { useLuaBench } from '../lua-bench.js';

const lua = useLuaBench();
const end = { run: '5000', fence: 7, outcome: 'ok', errorText: '' } as const;
const finish = ['job/finish', { ...end, ...by }] as const;
const finishOnly = ['job/finish', { ...end, ...byNobody }] as const;
const jobAfter = (fields: Readonly<Record<string, string>>): Keyspace => still(jobOf(fields));

describe('a run that ended', () => {
  it('P8.6: is written into the history and leaves nothing else behind', async () => {
    const given = {
      ...jobOf({ 'count:ok': '41' }),
      ...underWay({ 5000: { fields: { progress: '1 done', checkpoint: 'x', cancel: '1' } } }),
    };
    for (const run of [finish, finishOnly]) {
      expect(await play(lua(), { given, run })).toEqual({
        reply: ['done', clockMs()],
        after: {
          ...jobAfter({ 'count:ok': '42', accounted: '5000' }),
          history: logOf([ended('5000', 'ok', { progress: '1 done' })]),
        },
      });
    }
  });

  it('is written down with what went wrong, and leaves others alone', async () => {
    const given = { ...jobOf({ overlap: 'allow' }), ...underWay({ 5000: {}, 6000: {} }) };
    const failed = { ...end, outcome: 'failed', errorText: 'Error: no paper' };
    expect(await play(lua(), { given, run: ['job/finish', { ...failed, ...byNobody }] })).toEqual({
      reply: ['done', clockMs()],
      after: {
        ...jobAfter({ overlap: 'allow', 'count:failed': '1' }),
        ...stillRunning(),
        history: logOf([ended('5000', 'failed', { error: 'Error: no paper' })]),
      },
    });
  });

  it('P8.6: is ok when its lease ended long ago and nobody has settled it', async () => {
    const given = { ...jobOf({ attempts: '3' }), ...underWay({ 5000: { leftMs: -60_000 } }) };
    expect(await play(lua(), { given, run: finish })).toEqual({
      reply: ['done', clockMs()],
      after: {
        ...jobAfter({ attempts: '3', 'count:ok': '1', accounted: '5000' }),
        history: logOf([ended('5000', 'ok')]),
      },
    });
  });

  it('P8.6: is ok when only its record is there', async () => {
    const { runs } = underWay({ 5000: {} });
    if (runs === undefined) throw new Error('no record was made');
    const { reply, after } = await play(lua(), { given: { ...jobOf(), runs }, run: finish });
    expect(reply).toEqual(['done', clockMs()]);
    expect(after['history']).toEqual(logOf([ended('5000', 'ok')]));
  });

  it('is accounted for when it ended well, and what was is not taken back by an older one', async () => {
    for (const [before, after] of [
      ['4000', '5000'],
      ['7000', '7000'],
    ] as const) {
      const given = { ...jobOf({ accounted: before }), ...underWay({ 5000: {} }) };
      const { after: left } = await play(lua(), { given, run: finish });
      expect(left['job']).toMatchObject({ value: { accounted: after } });
    }
  });

  it('is accounted for by the moment in which somebody asked for it', async () => {
    const run = 'manual-8000999';
    const given = { ...jobOf(), ...underWay({ [run]: { fields: { tick: '8000' } } }) };
    const { after } = await play(lua(), { given, run: ['job/finish', { ...end, run, ...by }] });
    expect(after['job']).toMatchObject({ value: { accounted: '8000' } });
  });

  it('P8.6: is superseded when another attempt has its place, and nothing is written', async () => {
    const given = { ...jobOf(), ...underWay({ 5000: { fields: { fence: '23', attempt: '2' } } }) };
    for (const outcome of ['ok', 'unclaimed', 'abandoned']) {
      expect(await play(lua(), { given, run: ['job/finish', { ...end, outcome, ...by }] })).toEqual({
        reply: ['superseded', clockMs()],
        after: still(given),
      });
    }
  });

  it('is superseded when it is over already, or Redis lost it', async () => {
    expect(await play(lua(), { given: jobOf(), run: finish })).toEqual({
      reply: ['superseded', clockMs()],
      after: still(jobOf()),
    });
    expect(await play(lua(), { run: finish })).toEqual({ reply: ['superseded', clockMs()], after: {} });
  });

  it('tells fences apart to the last digit', async () => {
    const given = { ...jobOf(), ...underWay({ 5000: { fields: { fence: '8000000000000001' } } }) };
    const reply = async (fence: number) =>
      (await play(lua(), { given, run: ['job/finish', { ...end, fence, ...by }] })).reply;
    expect(await reply(8_000_000_000_000_002)).toEqual(['superseded', clockMs()]);
    expect(await reply(8_000_000_000_000_001)).toEqual(['done', clockMs()]);
  });

  it('is done, and no job is made of it, when the definition is gone', async () => {
    for (const outcome of ['ok', 'failed']) {
      const given = underWay({ 5000: {} });
      expect(await play(lua(), { given, run: ['job/finish', { ...end, outcome, ...by }] })).toEqual({
        reply: ['done', clockMs()],
        after: {},
      });
    }
  });
});

function stillRunning(): Keyspace {
  const { running: _, ...records } = underWay({ 6000: {} });
  return {
    ...still(records),
    running: { type: 'zset', value: { 6000: clockMs(10_000) }, ttlMs: about(KEPT_MS) },
  };
}

describe('what waits behind a run', () => {
  const waiting = { overlap: 'queue-one', waiting: '6000' } as const;

  it('P8.7: is handed to the process that finished', async () => {
    const given = { ...jobOf(waiting), ...minted, ...underWay({ 5000: {} }) };
    expect(await play(lua(), { given, run: finish })).toEqual({
      reply: ['run', clockMs(), '6000', FENCE, 1, ''],
      after: {
        ...jobAfter({ ...waiting, waiting: '', 'count:ok': '1', accounted: '5000' }),
        ...startedRun('6000'),
        ...mintedOnce,
        history: logOf([ended('5000', 'ok')]),
      },
    });
  });

  it('P8.7: waits on for another process when the one that finished takes nothing more', async () => {
    const given = { ...jobOf(waiting), ...underWay({ 5000: {} }) };
    const { reply, after } = await play(lua(), { given, run: finishOnly });
    expect(reply).toEqual(['done', clockMs()]);
    expect(after['job']).toEqual(jobAfter({ ...waiting, 'count:ok': '1', accounted: '5000' })['job']);
  });

  it('P8.7: is given again when the answer was lost, and the run before it is written down once', async () => {
    const given = { ...jobOf(waiting), ...minted, ...underWay({ 5000: {} }) };
    const { after } = await play(lua(), { given, run: finish });
    const { job, running, runs, history } = after;
    if (!job || !running || !runs || !history) throw new Error('nothing was taken up');
    const seeded = { job: { ...job, ttlMs: KEPT_MS }, running, runs, history };
    const again = await play(lua(), { given: seeded, run: finish });
    expect(again.reply).toEqual(['run', clockMs(), '6000', FENCE, 1, '']);
    expect(again.after['history']?.value).toHaveLength(1);
  });

  it('P8.1: is skipped when the job was paused meanwhile', async () => {
    const given = { ...jobOf({ ...waiting, paused: '1' }), ...underWay({ 5000: {} }) };
    const { reply, after } = await play(lua(), { given, run: finish });
    expect(reply).toEqual(['done', clockMs()]);
    expect(after['skips']).toEqual(logOf([skipped('6000', 'paused')]));
  });

  it('P8.6: is behind a run of another process that was lost and is tried again', async () => {
    const given = {
      ...jobOf({ attempts: '2', overlap: 'allow', waiting: '6000' }),
      ...minted,
      ...underWay({ 5000: {}, 5500: { leftMs: -1 } }),
    };
    const { reply, after } = await play(lua(), { given, run: finish });
    expect(reply).toEqual(['run', clockMs(), '5500', FENCE, 2, '']);
    expect(after['history']).toEqual(logOf([ended('5000', 'ok'), ended('5500', 'lost')]));
    expect(after['job']).toMatchObject({ value: { waiting: '6000' } });
  });
});

describe('trouble', () => {
  it('does not keep a run from ending without memory, nor the next one from being handed over', async () => {
    const given = { ...jobOf({ waiting: '6000' }), ...minted, ...underWay({ 5000: {} }) };
    expect(await play(lua(), { given, run: finish, full: true })).toEqual({
      reply: ['run', clockMs(), '6000', FENCE, 1, ''],
      after: {
        ...jobAfter({ waiting: '', 'count:ok': '1', accounted: '5000' }),
        ...startedRun('6000'),
        ...mintedOnce,
        history: logOf([ended('5000', 'ok')]),
      },
    });
  });

  it('is an error of Redis on a replica, and changes nothing', async () => {
    const given = { ...jobOf(), ...underWay({ 5000: { fields: { token: theirs } } }) };
    expect(await play(lua(), { given, run: finish, demoted: true })).toEqual({
      reply: { error: 'READONLY' },
      after: still(given),
    });
  });

  it('is an error of Redis on records of another type, and changes nothing', async () => {
    const given = { ...jobOf(), runs: { type: 'string', value: mine, ttlMs: KEPT_MS } } as const;
    expect(await play(lua(), { given, run: finish })).toEqual({
      reply: { error: 'WRONGTYPE' },
      after: still(given),
    });
  });

  it('ends a run also when the history is of another type, and says so', async () => {
    const history = { type: 'string', value: 'x', ttlMs: KEPT_MS } as const;
    const given = { ...jobOf(), ...underWay({ 5000: {} }), history };
    expect(await play(lua(), { given, run: finish })).toEqual({
      reply: { error: 'WRONGTYPE' },
      after: still({ ...jobOf(), history }),
    });
  });

  it('keeps a lost run as it is when the history is of another type', async () => {
    const history = { type: 'string', value: 'x', ttlMs: KEPT_MS } as const;
    const given = { ...jobOf(), ...underWay({ 5500: { leftMs: -1 } }), history };
    const { reply, after } = await play(lua(), { given, run: ['job/run_now', by] });
    expect(reply).toEqual({ error: 'WRONGTYPE' });
    expect(after).toEqual({ ...still(given), job: hashOf(jobOf().job.value, about(KEPT_MS)) });
  });
});
