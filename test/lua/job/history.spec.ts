/** `job/history` reads both logs from their ends. */
import { expect, it } from 'vitest';
import type { KeyEntry, Keyspace } from '../../support/keyspace.js';
import { KEPT_MS, play, still } from '../job-cast.js';
import { useLuaBench } from '../lua-bench.js';

const lua = useLuaBench();
const readOf = (before: string, most = 10) => ['job/history', { before, most }] as const;

const log = (value: Extract<KeyEntry, { type: 'stream' }>['value'], ids: readonly string[]): KeyEntry => ({
  type: 'stream',
  value,
  ids,
  ttlMs: KEPT_MS,
});
const given: Keyspace = {
  history: log([{ run: 'a' }, { run: 'b', outcome: 'ok' }, { run: 'c' }], ['1-1', '2-1', '2-2']),
  skips: log([{ reason: 'paused' }, { reason: 'missed' }], ['1-5', '3-0']),
};
const reply = async (run: ReturnType<typeof readOf>) => (await play(lua(), { given, run })).reply;

it('tells the entries of the one and then of the other, the latest first, and changes nothing', async () => {
  const { history, skips } = given;
  if (history?.type !== 'stream' || skips?.type !== 'stream') throw new Error('logs are streams');
  const [runs, left] = [history, skips].map(({ ids: _, ...read }) => read);
  if (runs === undefined || left === undefined) throw new Error('there are two logs');
  expect(await play(lua(), { given, run: readOf('+') })).toEqual({
    reply: [
      ...['2-2', 1, 'run', 'c', '2-1', 2, 'run', 'b', 'outcome', 'ok', '1-1', 1, 'run', 'a'],
      ...['3-0', 1, 'reason', 'missed', '1-5', 1, 'reason', 'paused'],
    ],
    after: still({ history: runs, skips: left }),
  });
});

it('tells so many of each at most', async () => {
  expect(await reply(readOf('+', 1))).toEqual(['2-2', 1, 'run', 'c', '3-0', 1, 'reason', 'missed']);
});

it('tells what is older than an entry, without that one', async () => {
  expect(await reply(readOf('(2-2'))).toEqual([
    ...['2-1', 2, 'run', 'b', 'outcome', 'ok', '1-1', 1, 'run', 'a'],
    ...['1-5', 1, 'reason', 'paused'],
  ]);
});

it('tells nothing of a job without history', async () => {
  expect(await play(lua(), { run: readOf('+') })).toEqual({ reply: [], after: {} });
});

it('reads without memory and on a replica, and tells what is no log as the error of Redis', async () => {
  for (const trouble of [{ full: true }, { demoted: true }]) {
    expect((await play(lua(), { given, run: readOf('(1-2'), ...trouble })).reply).toEqual([
      '1-1',
      1,
      'run',
      'a',
    ]);
  }
  const strange: Keyspace = { skips: { type: 'set', value: ['x'], ttlMs: KEPT_MS } };
  expect(await play(lua(), { given: strange, run: readOf('+') })).toEqual({
    reply: { error: 'WRONGTYPE' },
    after: still(strange),
  });
});
