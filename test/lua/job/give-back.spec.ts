/** `job/finish` of a run that is not over: its body never began, or its process leaves it. */
import { describe, expect, it } from 'vitest';
import type { Keyspace } from '../../support/keyspace.js';
import { about } from '../cast.js';
import {
  by,
  byNobody,
  clockMs,
  DAY_MS,
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
  startedRun,
  still,
  theirs,
  underWay,
} from '../job-cast.js';
import { useLuaBench } from '../lua-bench.js';

type Fields = Readonly<Record<string, string>>;

const lua = useLuaBench();
const saved = { progress: '0.5 half', checkpoint: 'so far' } as const;
const finish = (outcome: string, who: typeof by | typeof byNobody = byNobody) =>
  ['job/finish', { run: '5000', fence: 7, outcome, errorText: '', ...who }] as const;
const poll = ['job/poll', { hash: 'own', ...by }] as const;

/** Such a run: its lease is over, and some of its fields are gone. */
function left(fields: Fields, gone: readonly string[], keptMs = KEPT_MS): Keyspace {
  const record = Object.entries(recordOf('5000', fields)).filter(
    ([field]) => !gone.includes(field.slice('5000/'.length)),
  );
  return {
    running: { type: 'zset', value: { 5000: clockMs() }, ttlMs: about(keptMs) },
    runs: hashOf(Object.fromEntries(record), about(KEPT_MS)),
  };
}

describe('a run whose process leaves it', () => {
  const given = () => ({ ...jobOf({ attempts: '2' }), ...underWay({ 5000: { fields: saved } }) });

  it('is there for others at once, and no renewal that is under way keeps it', async () => {
    const { reply, after } = await play(lua(), { given: given(), run: finish('abandoned') });
    expect({ reply, after }).toEqual({
      reply: ['done', clockMs()],
      after: { ...still(jobOf({ attempts: '2' })), ...left(saved, ['token']) },
    });
    const { running, runs } = after;
    if (!running || !runs) throw new Error('the run is gone');
    const member = { running: 'running', runs: 'runs', run: '5000', token: theirs, ttlMs: 30_000 };
    const renewed = await play(lua(), { given: { running, runs }, run: ['job/renew', [member]] });
    expect(renewed.reply).toEqual([0]);
  });

  it('is not given back to the process that leaves it', async () => {
    const { reply } = await play(lua(), { given: given(), run: finish('abandoned', by) });
    expect(reply).toEqual(['done', clockMs()]);
  });

  it('may be left again when the answer was lost', async () => {
    const { after } = await play(lua(), { given: given(), run: finish('abandoned') });
    const { job, running, runs } = after;
    if (!job || !running || !runs) throw new Error('the run is gone');
    const again = await play(lua(), { given: { job, running, runs }, run: finish('abandoned') });
    expect(again.reply).toEqual(['done', clockMs()]);
  });

  it('P8.6: is lost and begun again by whoever asks for work next', async () => {
    const { after } = await play(lua(), { given: given(), run: finish('abandoned') });
    const { job, running, runs } = after;
    if (!job || !running || !runs) throw new Error('the run is gone');
    const taken = await play(lua(), { given: { job, running, runs, ...minted }, run: poll });
    expect(taken.reply).toEqual(['run', clockMs(), '5000', FENCE, 2, 'so far']);
    expect(taken.after['history']).toEqual(logOf([ended('5000', 'lost', { progress: '0.5 half' })]));
  });

  it('is left without memory, too, and ends by itself when the job is gone', async () => {
    const full = await play(lua(), { given: given(), run: finish('abandoned'), full: true });
    expect(full.after).toEqual({ ...still(jobOf({ attempts: '2' })), ...left(saved, ['token']) });
    const { running: _, runs } = underWay({ 5000: { fields: saved } });
    if (runs === undefined) throw new Error('no record was made');
    const { after } = await play(lua(), { given: { runs }, run: finish('abandoned') });
    expect(after).toEqual(left(saved, ['token'], DAY_MS));
  });
});

describe('a run whose body never began', () => {
  it('P8.4: is begun by whoever asks next, as the same attempt, and nothing was lost', async () => {
    const given = { ...jobOf({ waiting: '6000' }), ...underWay({ 5000: { leftMs: -1 } }) };
    const { reply, after } = await play(lua(), { given, run: finish('unclaimed') });
    expect({ reply, after }).toEqual({
      reply: ['done', clockMs()],
      after: { ...still(jobOf({ waiting: '6000' })), ...left({ attempt: '0' }, ['token', 'fence']) },
    });
    const { job, running, runs } = after;
    if (!job || !running || !runs) throw new Error('the run is gone');
    const taken = await play(lua(), { given: { job, running, runs, ...minted }, run: poll });
    expect(taken.reply).toEqual(['run', clockMs(), '5000', FENCE, 1, '']);
    expect(Object.keys(taken.after)).not.toContain('history');
  });

  it('P8.4: is begun by the same process when it takes work, with what attempts before it saved', async () => {
    const fields = { ...saved, attempt: '2' };
    const given = { ...jobOf({ attempts: '2' }), ...minted, ...underWay({ 5000: { leftMs: -1, fields } }) };
    expect(await play(lua(), { given, run: finish('unclaimed', by) })).toEqual({
      reply: ['run', clockMs(), '5000', FENCE, 2, 'so far'],
      after: { ...still(jobOf({ attempts: '2' })), ...startedRun('5000', fields), ...mintedOnce },
    });
  });

  it('P8.4: is the same run again when that answer was lost', async () => {
    const given = { ...jobOf(), ...minted, ...underWay({ 5000: { leftMs: -1 } }) };
    const { after } = await play(lua(), { given, run: finish('unclaimed', by) });
    const { job, running, runs } = after;
    if (!job || !running || !runs) throw new Error('the run is gone');
    const again = await play(lua(), { given: { job, running, runs }, run: finish('unclaimed', by) });
    expect(again.reply).toEqual(['run', clockMs(), '5000', FENCE, 1, '']);
  });

  it('is kept for a day when the definition is gone', async () => {
    const { reply, after } = await play(lua(), {
      given: underWay({ 5000: {} }),
      run: finish('unclaimed', by),
    });
    expect(reply).toEqual(['done', clockMs()]);
    expect(after).toEqual(left({ attempt: '0' }, ['token', 'fence'], DAY_MS));
  });
});
