/** `job/renew`: each run speaks for itself, and proves itself by its token. */
import { expect, it } from 'vitest';
import type { Keyspace } from '../../support/keyspace.js';
import { about } from '../cast.js';
import { clockMs, hashOf, KEPT_MS, mine, play, recordOf, still, underWay } from '../job-cast.js';
import { useLuaBench } from '../lua-bench.js';

const lua = useLuaBench();
const member = (run: string, more: Readonly<Record<string, string | number>> = {}) => ({
  running: 'running',
  runs: 'runs',
  run,
  token: mine,
  ttlMs: 30_000,
  ...more,
});
const ours = { fields: { token: mine } } as const;
const ends = (run: string, leftMs: number, ttlMs = KEPT_MS): Keyspace => ({
  running: { type: 'zset', value: { [run]: clockMs(leftMs) }, ttlMs: about(ttlMs) },
});

it('pushes out the lease of every run that its token holds, also a shorter one', async () => {
  const given = underWay({ 5000: ours, 6000: ours });
  const run = ['job/renew', [member('5000'), member('6000', { ttlMs: 5_000 })]] as const;
  expect(await play(lua(), { given, run })).toEqual({
    reply: [1, 1],
    after: {
      ...still(given),
      running: {
        type: 'zset',
        value: { 5000: clockMs(30_000), 6000: clockMs(5_000) },
        ttlMs: about(KEPT_MS),
      },
    },
  });
});

it('P8.6: renews a run whose lease ended when nobody has settled it', async () => {
  const given = underWay({ 5000: { ...ours, leftMs: -60_000 } });
  expect(await play(lua(), { given, run: ['job/renew', [member('5000')]] })).toEqual({
    reply: [1],
    after: { ...still(given), ...ends('5000', 30_000) },
  });
});

it('P8.6: says lost for a run that another attempt has or that is over, and leaves its time alone', async () => {
  const given = underWay({ 5000: {} });
  expect(await play(lua(), { given, run: ['job/renew', [member('5000'), member('6000')]] })).toEqual({
    reply: [0, 0],
    after: { ...still(given), ...ends('5000', 10_000) },
  });
});

it('keeps a run for as long as it is renewed, however short the job is kept', async () => {
  const { running, runs } = underWay({ 5000: ours });
  if (running === undefined || runs === undefined) throw new Error('nothing is under way');
  const given = { running: { ...running, ttlMs: 2_000 }, runs: { ...runs, ttlMs: 2_000 } };
  expect(await play(lua(), { given, run: ['job/renew', [member('5000')]] })).toEqual({
    reply: [1],
    after: { runs: hashOf(recordOf('5000', ours.fields), about(90_000)), ...ends('5000', 30_000, 90_000) },
  });
});

it('puts a run back that is known by its record alone, with an end', async () => {
  const given: Keyspace = { runs: hashOf(recordOf('5000', ours.fields)) };
  expect(await play(lua(), { given, run: ['job/renew', [member('5000')]] })).toEqual({
    reply: [1],
    after: { ...still(given), ...ends('5000', 30_000) },
  });
});

it('says lost when the records are gone, and brings nothing back', async () => {
  const given = underWay({ 5000: { unknown: true } });
  expect(await play(lua(), { given, run: ['job/renew', [member('5000')]] })).toEqual({
    reply: [0],
    after: { ...still(given), ...ends('5000', 10_000) },
  });
});

it('renews without memory', async () => {
  const given = underWay({ 5000: ours });
  expect(await play(lua(), { given, run: ['job/renew', [member('5000')]], full: true })).toEqual({
    reply: [1],
    after: { ...still(given), ...ends('5000', 30_000) },
  });
});

it('gives the error of a member to that member alone', async () => {
  const strange: Keyspace = { strange: { type: 'list', value: ['x'] } };
  const given = { ...underWay({ 5000: ours }), ...strange };
  const members = [member('5000', { runs: 'strange' }), member('5000', { ttlMs: 'soon' }), member('5000')];
  const { reply, after } = await play(lua(), { given, run: ['job/renew', members] });
  expect(reply).toEqual([expect.stringMatching(/^WRONGTYPE /), expect.stringMatching(/arithmetic/), 1]);
  expect(after).toEqual({ ...still(given), ...ends('5000', 30_000) });
});

it('says of the whole call that the server takes no writes, so that the client looks for one that does', async () => {
  const given = underWay({ 5000: ours });
  expect(await play(lua(), { given, run: ['job/renew', [member('5000')]], demoted: true })).toEqual({
    reply: { error: 'READONLY' },
    after: { ...still(given), ...ends('5000', 10_000) },
  });
});
