/** What `job/poll` gives to a process that asks for work, and what it ends: lost runs, and the one that waits. */
import { describe, expect, it } from 'vitest';
import type { Keyspace } from '../../support/keyspace.js';
import { about, AHEAD } from '../cast.js';
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
  mine,
  minted,
  mintedOnce,
  play,
  recordOf,
  skipped,
  startedRun,
  still,
  underWay,
} from '../job-cast.js';
import { useLuaBench } from '../lua-bench.js';

type Fields = Readonly<Record<string, string>>;

const lua = useLuaBench();
const poll = ['job/poll', { hash: 'own', ...by }] as const;
const look = ['job/poll', { hash: 'own', ...byNobody }] as const;
const idle = ['idle', clockMs(), 1_000, 1_000, 0, 'own', ''];
const jobAfter = (fields: Fields): Keyspace => ({
  job: hashOf({ ...jobOf(fields).job.value, 'alive:own': clockMsText(60_000) }, about(KEPT_MS)),
});

describe('a run whose process is silent', () => {
  const rerun = { attempts: '3' } as const;
  const saved = { progress: '0.5 half', checkpoint: 'so far' } as const;

  it('P8.6: is lost, begun again and gets a new fence in one step, with what it saved', async () => {
    const given = { ...jobOf(rerun), ...minted, ...underWay({ 5000: { leftMs: -1, fields: saved } }) };
    expect(await play(lua(), { given, run: poll })).toEqual({
      reply: ['run', clockMs(), '5000', FENCE, 2, 'so far'],
      after: {
        ...jobAfter({ ...rerun, 'count:lost': '1' }),
        ...startedRun('5000', { ...saved, attempt: '2' }),
        ...mintedOnce,
        history: logOf([ended('5000', 'lost', { progress: '0.5 half' })]),
      },
    });
  });

  it('stays for a process that can run it, when this one cannot', async () => {
    const given = { ...jobOf(rerun), ...underWay({ 5000: { leftMs: -1 } }) };
    expect(await play(lua(), { given, run: look })).toEqual({
      reply: idle,
      after: { ...still(given), ...jobAfter(rerun) },
    });
  });

  it('P8.6: is lost for good when its attempts are used up, and the history is cut to what is kept', async () => {
    const given = {
      ...jobOf({ ...rerun, 'count:lost': '7' }),
      ...underWay({ 5000: { leftMs: -1, fields: { attempt: '3' } } }),
      history: logOf([ended('1', 'ok'), ended('2', 'ok'), ended('3', 'ok')].map(ownEnd), KEPT_MS),
    };
    for (const run of [poll, look]) {
      expect(await play(lua(), { given, run })).toEqual({
        reply: idle,
        after: {
          ...jobAfter({ ...rerun, 'count:lost': '8' }),
          history: logOf([
            ownEnd(ended('2', 'ok')),
            ownEnd(ended('3', 'ok')),
            ended('5000', 'lost', { attempt: '3' }),
          ]),
        },
      });
    }
  });

  it('is lost for good when it was asked to stop: a later one wants to begin', async () => {
    const given = {
      ...jobOf({ ...rerun, overlap: 'cancel-previous', waiting: '6000' }),
      ...minted,
      ...underWay({ 5000: { leftMs: -1, fields: { cancel: '1' } } }),
    };
    const { reply, after } = await play(lua(), { given, run: poll });
    expect(reply).toEqual(['run', clockMs(), '6000', FENCE, 1, '']);
    expect(after['history']).toEqual(logOf([ended('5000', 'lost')]));
  });

  it('is lost for good when Redis lost its record, and is written down once', async () => {
    const given = { ...jobOf(rerun), ...underWay({ 5000: { leftMs: -1, unknown: true } }) };
    const blank = { startedAt: '', fence: '', attempt: '', who: '', version: '' };
    expect(await play(lua(), { given, run: poll })).toEqual({
      reply: idle,
      after: {
        ...jobAfter({ ...rerun, 'count:lost': '1' }),
        history: logOf([ended('5000', 'lost', blank)]),
      },
    });
  });

  it('is begun again before one that waits, and also while the job is paused', async () => {
    const given = {
      ...jobOf({ ...rerun, waiting: '6000', paused: '1' }),
      ...underWay({ 5000: { leftMs: -1 } }),
    };
    const { reply } = await play(lua(), { given, run: poll });
    expect(reply).toEqual(['run', clockMs(), '5000', expect.any(String), 2, '']);
  });

  it('is left alone while its lease lasts', async () => {
    const given = { ...jobOf(rerun), ...underWay({ 5000: { leftMs: 5_000 } }) };
    expect(await play(lua(), { given, run: poll })).toEqual({
      reply: idle,
      after: { ...still(given), ...jobAfter(rerun) },
    });
  });

  it('is one of 16 that are settled in one call', async () => {
    const many = Object.fromEntries(
      Array.from({ length: 20 }, (_, at) => [String(5_000 + at), { leftMs: -1 }]),
    );
    const { after } = await play(lua(), {
      given: { ...jobOf({ keep: '99' }), ...underWay(many) },
      run: look,
    });
    expect(Object.keys(after['running']?.value ?? {})).toHaveLength(4);
    expect(after['history']?.value).toHaveLength(16);
  });
});

/** As it can be seeded: by the clock of the test. */
function ownEnd(fields: Fields): Fields {
  return { ...fields, endedAt: '2000' };
}

describe('the run that waits', () => {
  it('is taken up when nothing runs', async () => {
    const given = { ...jobOf({ overlap: 'queue-one', waiting: '6000' }), ...minted };
    expect(await play(lua(), { given, run: poll })).toEqual({
      reply: ['run', clockMs(), '6000', FENCE, 1, ''],
      after: { ...jobAfter({ overlap: 'queue-one', waiting: '' }), ...startedRun('6000'), ...mintedOnce },
    });
  });

  it('waits on while another runs, and for a process that can run it', async () => {
    const busy = { ...jobOf({ waiting: '6000' }), ...underWay({ 5000: {} }) };
    const free = jobOf({ waiting: '6000' });
    for (const [given, run] of [
      [busy, poll],
      [free, look],
    ] as const) {
      expect(await play(lua(), { given, run })).toEqual({
        reply: idle,
        after: { ...still(given), ...jobAfter({ waiting: '6000' }) },
      });
    }
  });

  it('is taken up beside others when the policy allows that', async () => {
    const given = { ...jobOf({ overlap: 'allow', waiting: '6000' }), ...underWay({ 5000: {} }) };
    const { reply } = await play(lua(), { given, run: poll });
    expect(reply).toEqual(['run', clockMs(), '6000', expect.any(String), 1, '']);
  });

  it('P8.1: is skipped when the job was paused meanwhile, and written down as that', async () => {
    const given = jobOf({ waiting: '6000', paused: '1' });
    expect(await play(lua(), { given, run: poll })).toEqual({
      reply: ['idle', clockMs(), 1_000, 6_000, 1, 'own', ''],
      after: {
        ...jobAfter({ waiting: '', paused: '1', 'count:skipped:paused': '1', accounted: '6000' }),
        skips: logOf([skipped('6000', 'paused')]),
      },
    });
  });

  it('is run although the job is paused when somebody asked for it', async () => {
    const given = { ...jobOf({ waiting: 'manual-1800000000000001', paused: '1' }), ...minted };
    expect(await play(lua(), { given, run: poll })).toEqual({
      reply: ['run', clockMs(), 'manual-1800000000000001', FENCE, 1, ''],
      after: {
        ...jobAfter({ waiting: '', paused: '1' }),
        ...startedRun('manual-1800000000000001', { tick: '1800000000000' }),
        ...mintedOnce,
      },
    });
  });
});

describe('the same question again', () => {
  it('P8.4: gives the same run when the answer was lost, its lease begun anew', async () => {
    const own = { token: mine, fence: String(AHEAD + 1), attempt: '2', checkpoint: 'so far' };
    const given = {
      ...jobOf({ attempts: '3', overlap: 'allow', waiting: '9000' }),
      ...underWay({ 5000: {}, 6000: { leftMs: -400, fields: own } }),
    };
    const { reply, after } = await play(lua(), { given, run: poll });
    expect(reply).toEqual(['run', clockMs(), '6000', FENCE, 2, 'so far']);
    expect(after).toEqual({
      ...jobAfter({ attempts: '3', overlap: 'allow', waiting: '9000' }),
      running: {
        type: 'zset',
        value: { 5000: clockMs(10_000), 6000: clockMs(30_000) },
        ttlMs: about(KEPT_MS),
      },
      runs: hashOf({ ...recordOf('5000'), ...recordOf('6000', own) }, about(KEPT_MS)),
    });
  });

  it('P8.4: gives another run, if there is one, when the first was lost meanwhile', async () => {
    const given = { ...jobOf({ waiting: '9000' }), ...minted };
    const { reply } = await play(lua(), { given, run: poll });
    expect(reply).toEqual(['run', clockMs(), '9000', FENCE, 1, '']);
  });
});
