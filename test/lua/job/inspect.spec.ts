/** `job/inspect` looks and changes nothing. */
import { expect, it } from 'vitest';
import { about } from '../cast.js';
import { clockMs, hashOf, KEPT_MS, play, still, theirs, underWay } from '../job-cast.js';
import { useLuaBench } from '../lua-bench.js';

const lua = useLuaBench();
const look = ['job/inspect', {}] as const;

it('tells the fields of the job and every run under way, the first to end first', async () => {
  const saved = { progress: '0.5 half', checkpoint: 'so far', cancel: '1' };
  const given = {
    job: hashOf({ hash: 'own', paused: '1' }),
    ...underWay({ 6000: { leftMs: 20_000 }, 5000: { fields: saved } }),
  };
  expect(await play(lua(), { given, run: look })).toEqual({
    reply: [
      ...[clockMs(), 2, 'hash', 'own', 'paused', '1'],
      ...['5000', clockMs(10_000), theirs, '7', '1', '5000', '1500', 'ben', '1.0', '0.5 half', 'so far', '1'],
      ...['6000', clockMs(20_000), theirs, '7', '1', '6000', '1500', 'ben', '1.0', '', '', ''],
    ],
    after: still(given),
  });
});

it('tells of a job that nobody knows', async () => {
  expect(await play(lua(), { run: look })).toEqual({ reply: [clockMs(), 0], after: {} });
});

it('tells of a run whose record is gone by its name and the end of its lease alone', async () => {
  const given = underWay({ 5000: { unknown: true } });
  const nothing = ['', '', '', '', '', '', '', '', '', ''];
  expect(await play(lua(), { given, run: look })).toEqual({
    reply: [clockMs(), 0, '5000', clockMs(10_000), ...nothing],
    after: still(given),
  });
});

it('looks without memory and on a replica', async () => {
  const given = { job: hashOf({ hash: 'own' }) };
  for (const trouble of [{ full: true }, { demoted: true }]) {
    expect(await play(lua(), { given, run: look, ...trouble })).toEqual({
      reply: [clockMs(), 1, 'hash', 'own'],
      after: { job: hashOf({ hash: 'own' }, about(KEPT_MS)) },
    });
  }
});
