import assert from 'node:assert/strict';
import type { Holdfast, LockKey } from '@holdfast/core';
import type { Chapter } from './chapter.js';
import type { Scene } from './scene.js';

/** A lock as a caller spells it. */
interface Spelling {
  readonly lockName: string;
  readonly key?: LockKey;
}

const HOSTILE: readonly Spelling[] = [
  ...['a', 'a}', '{a', '{a}', '{}', '{}a', '}{', 'a}:lock', 'a:lock', 'a#1', 'a%231', '%', '%7B', 'a:{b}'],
  ...[' a', 'a ', 'a b', 'a\nb', 'a\r\n', '\0', 'a\0b', '*', 'a*', '[a]', 'a?', '../a', 'é', 'e\u0301', '😀'],
  ...['__proto__', 'constructor', 'undefined', 'null', 'A', 'process:a', 'hf1:x:{a}:lock', 'x'.repeat(512)],
]
  .map((lockName): Spelling => ({ lockName }))
  .concat([
    { lockName: 'a', key: 1 },
    { lockName: 'a', key: '1#2' },
    { lockName: 'a', key: ['1', '2'] },
    { lockName: 'a', key: ['1#2', '3'] },
    { lockName: 'a', key: ['1', '2#3'] },
    { lockName: 'a', key: ['1', '2', '3'] },
    { lockName: 'a', key: '%231' },
    { lockName: 'a', key: '}:lock' },
    { lockName: 'a', key: -1 },
    { lockName: 'a', key: 12345678901234567890n },
    { lockName: 'a:b', key: 'c' },
    { lockName: 'a', key: 'b:c' },
  ]);

/** What the key layout, Redis, Lua patterns and SCAN patterns read as special, beside plain signs. */
const PIECES = [
  '{',
  '}',
  '#',
  '%',
  ':',
  '%23',
  '%7D',
  '}:lock',
  'a',
  'b',
  ' ',
  '\n',
  '\0',
  '*',
  '😀',
  '"',
  '\\',
];

/** A small generator of numbers below `limit`: a failure names its seed, and the seed brings it back. */
function numbersFrom(seed: number): (limit: number) => number {
  let state = seed;
  return (limit) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((state / 2 ** 32) * limit);
  };
}

function randomSpellings(seed: number, count: number): Spelling[] {
  const next = numbersFrom(seed);
  const text = (): string =>
    Array.from({ length: 1 + next(4) }, () => PIECES[next(PIECES.length)] ?? 'a').join('');
  return Array.from({ length: count }, () => {
    const lockName = text();
    const parts = next(4);
    if (parts === 0) return { lockName };
    return { lockName, key: parts === 1 ? text() : Array.from({ length: parts }, text) };
  });
}

/** One of each: a key and the list of just that key are the same lock, and so are 1 and '1'. */
function distinct(spellings: readonly Spelling[]): Spelling[] {
  const byMeaning = new Map<string, Spelling>();
  for (const spelling of spellings) {
    const parts = spelling.key === undefined ? [] : [spelling.key].flat();
    byMeaning.set(JSON.stringify([spelling.lockName, ...parts.map(String)]), spelling);
  }
  return [...byMeaning.values()];
}

/** Holds all of them at once, then gives them back one by one: every lock has a key of its own and touches no other. */
async function eachHasItsOwnKey(scene: Scene, { locks }: Holdfast, spellings: Spelling[]): Promise<void> {
  const held = await scene.arrives(
    Promise.all(
      spellings.map(({ lockName, key }) => locks.tryAcquire(lockName, key === undefined ? {} : { key })),
    ),
  );
  const refused = spellings.filter((_, index) => held[index] === undefined);
  assert.deepEqual(refused, [], 'these share a key with another one');
  assert.equal((await scene.lockKeys()).length, spellings.length);
  for (const key of await scene.keys()) {
    if (!key.includes(':process:'))
      assert.match(key, /^[^{}]*\{[^{}]+\}:[a-z]+$/, 'one hash tag, never empty');
  }
  for (const [index, lease] of held.entries()) {
    assert.equal(await scene.arrives(lease?.release() ?? Promise.resolve('missing')), 'released');
    if (index % 10 === 0) assert.equal((await scene.lockKeys()).length, spellings.length - index - 1);
  }
}

export const names: Chapter = {
  'that are hostile never touch the key of another': async (scene) => {
    await eachHasItsOwnKey(scene, await scene.instance(), distinct(HOSTILE));
  },

  'made at random of special signs never touch the key of another': async (scene) => {
    const seed = Date.now() % 2 ** 31;
    const spellings = distinct(randomSpellings(seed, 150));
    await eachHasItsOwnKey(scene, await scene.instance(), spellings).catch((error: unknown) => {
      throw new Error(`with seed ${seed}`, { cause: error });
    });
  },

  'that are hostile are waited for, handed over and found by inspect': async (scene) => {
    const [one, other] = await scene.pair();
    for (const lockName of ['{}', 'a b {c}\n%23 *', '😀 }:lock', '\0']) {
      const lease = await scene.arrives(one.locks.acquire(lockName));
      const waiting = other.locks.acquire(lockName);
      await scene.inLine(one, lockName, 1);
      await scene.arrives(lease.release());
      const next = await scene.arrives(waiting, 700);
      assert.equal((await scene.arrives(one.locks.inspect(lockName))).heldBy?.replica, 'other');
      await scene.arrives(next.release());
    }
  },
};
