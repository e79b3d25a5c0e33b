/** `job/save`: what a run writes down about itself. */
import { expect, it } from 'vitest';
import { hashOf, play, recordOf, still, underWay } from '../job-cast.js';
import { useLuaBench } from '../lua-bench.js';

const lua = useLuaBench();
const save = { run: '5000', fence: 7, what: 'checkpoint', value: '{"page":3}' } as const;

it('P8.6: writes down a checkpoint of the run that has this fence', async () => {
  const given = underWay({ 5000: {}, 6000: {} });
  expect(await play(lua(), { given, run: ['job/save', save] })).toEqual({
    reply: [1],
    after: still({
      ...given,
      runs: hashOf({ ...recordOf('5000', { checkpoint: '{"page":3}' }), ...recordOf('6000') }),
    }),
  });
});

it('writes down progress over what was said before', async () => {
  const given = underWay({ 5000: { fields: { progress: '0.1 begun' } } });
  expect(
    await play(lua(), { given, run: ['job/save', { ...save, what: 'progress', value: '0.5 half' }] }),
  ).toEqual({
    reply: [1],
    after: still({ ...given, runs: hashOf(recordOf('5000', { progress: '0.5 half' })) }),
  });
});

it('P8.6: a run whose lease ended may save for as long as no other attempt took its place', async () => {
  const given = underWay({ 5000: { leftMs: -60_000 } });
  const { reply } = await play(lua(), { given, run: ['job/save', save] });
  expect(reply).toEqual([1]);
});

it('P8.6: a run whose place another attempt took cannot save', async () => {
  const given = underWay({ 5000: { fields: { fence: '23', attempt: '2', checkpoint: 'theirs' } } });
  expect(await play(lua(), { given, run: ['job/save', save] })).toEqual({ reply: [0], after: still(given) });
});

it('a run that is over, or that Redis lost, cannot save and leaves nothing behind', async () => {
  const others = underWay({ 6000: {} });
  expect(await play(lua(), { given: others, run: ['job/save', save] })).toEqual({
    reply: [0],
    after: still(others),
  });
  expect(await play(lua(), { run: ['job/save', save] })).toEqual({ reply: [0], after: {} });
});

it('tells fences apart to the last digit', async () => {
  const given = underWay({ 5000: { fields: { fence: '8000000000000001' } } });
  const saved = (fence: number) => play(lua(), { given, run: ['job/save', { ...save, fence }] });
  expect((await saved(8_000_000_000_000_002)).reply).toEqual([0]);
  expect((await saved(8_000_000_000_000_001)).reply).toEqual([1]);
});

it('is an error of Redis without memory and on a replica, and changes nothing', async () => {
  const given = underWay({ 5000: {} });
  for (const [trouble, error] of [
    [{ full: true }, 'OOM'],
    [{ demoted: true }, 'READONLY'],
  ] as const) {
    expect(await play(lua(), { given, run: ['job/save', save], ...trouble })).toEqual({
      reply: { error },
      after: still(given),
    });
  }
});
