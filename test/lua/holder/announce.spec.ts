import { expect, it } from 'vitest';
import { about } from '../cast.js';
import { clockMs } from '../job-cast.js';
import { useLuaBench } from '../lua-bench.js';

const lua = useLuaBench();
const details = '{"host":"a","pid":1}';
const announce = ['holder/announce', { process: 'a', details, keptMs: 60_000 }] as const;
const ttlMs = about(60_000);

it('says who a process is, over what was there, and when it was heard of', async () => {
  const given = {
    cards: { type: 'hash', value: { a: 'old', b: '{}' }, ttlMs: 5_000 },
    heard: { type: 'zset', value: { a: Date.now() - 70_000, b: Date.now() - 50_000 }, ttlMs: 5_000 },
  } as const;
  expect(await lua().transition({ given, run: announce })).toEqual({
    reply: [1],
    pushed: [],
    after: {
      cards: { type: 'hash', value: { a: details, b: '{}' }, ttlMs },
      heard: { type: 'zset', value: { a: clockMs(), b: clockMs(-50_000) }, ttlMs },
    },
  });
});

it('forgets those that were not heard of for as long as they are kept, 64 at once', async () => {
  const silent = Array.from({ length: 70 }, (_, at) => `silent-${at + 10}`);
  const given = {
    cards: { type: 'hash', value: Object.fromEntries(silent.map((process) => [process, '{}'])) },
    heard: {
      type: 'zset',
      value: Object.fromEntries(silent.map((process, at) => [process, Date.now() - 60_500 + at])),
    },
  } as const;
  const { after } = await lua().transition({ given, run: announce });
  const left = ['a', ...silent.slice(64)];
  const { cards, heard } = after;
  if (cards?.type !== 'hash' || heard?.type !== 'zset') throw new Error('nothing was announced');
  expect(Object.keys(cards.value).toSorted()).toEqual(left);
  expect(Object.keys(heard.value).toSorted()).toEqual(left);
});
