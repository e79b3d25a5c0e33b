import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { KeySpace } from '../redis/keys.js';
import { escapePart, identityBelow, identityOf, keyFault, nameFault, type LockKey } from './lease-name.js';

const nasty = fc.constantFrom(
  ...['\0', '\r\n', '}x', '{', '%', '%7B', '#', '🙂', '__proto__', 'a:b', 'a', 'b', ':', ' ', '1', '-0'],
);
const text = fc
  .oneof(
    fc.array(nasty, { minLength: 1, maxLength: 4 }).map((parts) => parts.join('')),
    fc.string({ minLength: 1 }),
  )
  .filter((value) => value.isWellFormed() && Buffer.byteLength(value) <= 512);
const part = fc.oneof(text, fc.integer(), fc.bigInt());
const key: fc.Arbitrary<LockKey | undefined> = fc.oneof(
  fc.constant(undefined),
  part,
  fc.array(part, { minLength: 1, maxLength: 3 }),
);
/** What makes two locks the same: the name and the texts of the parts. */
const meaning = (name: string, of: LockKey | undefined): string =>
  JSON.stringify([name, ...(of === undefined ? [] : Array.isArray(of) ? of : [of]).map(String)]);

/** The part that decides the slot of a key in a cluster, as Redis reads it. */
function hashTag(of: string): string {
  const open = of.indexOf('{');
  const close = of.indexOf('}', open + 1);
  return open >= 0 && close > open + 1 ? of.slice(open + 1, close) : of;
}

describe('the identity of a name and a key', () => {
  it('F41 is the same for the same and different for different ones', () => {
    fc.assert(
      fc.property(text, key, text, key, (name, one, other, two) => {
        const same = meaning(name, one) === meaning(other, two);
        return (identityOf(name, one) === identityOf(other, two)) === same;
      }),
      { numRuns: 3_000 },
    );
  });

  it.each([
    [
      ['a', 'b:c'],
      ['a', 'b', 'c'],
    ],
    [
      ['a:b', 'c'],
      ['a', 'b:c'],
    ],
    [['a#b'], ['a', 'b']],
    [['a%23b'], ['a#b']],
    [['{x}'], ['x']],
    [['__proto__'], ['proto']],
  ])('F41 tells %j from %j', ([first = '', ...one], [second = '', ...two]) => {
    const keyOf = (parts: string[]): LockKey | undefined => (parts.length === 0 ? undefined : parts);
    expect(identityOf(first, keyOf(one))).not.toBe(identityOf(second, keyOf(two)));
  });

  it('F41 P9 never breaks the hash tag: all keys of a name share a slot, whatever namespace and prefix are', () => {
    const prefix = fc.constantFrom('', '{}x', '{a}', 'app:', '}{', '%7B');
    fc.assert(
      fc.property(text, key, text, prefix, (name, of, namespace, keyPrefix) => {
        const keys = new KeySpace(namespace, keyPrefix);
        const identity = identityOf(name, of);
        const all = Object.values(keys.lease(identity));
        expect(new Set(all.map(hashTag))).toEqual(new Set([identity]));
        expect(new Set(all).size).toBe(3);
        expect(keys.identityOf(keys.lock(identity))).toBe(identity);
      }),
    );
  });
});

it.each<[LockKey | undefined, string]>([
  [undefined, 'a%25b'],
  ['x', 'a%25b#x'],
  [-1.5, 'a%25b#-1.5'],
  [10n, 'a%25b#10'],
  ['{x}#%{x}', 'a%25b#%7Bx%7D%23%25%7Bx%7D'],
  [['x', 1, 2n, '#'], 'a%25b#x#1#2#%23'],
  [['🙂'], 'a%25b#🙂'],
])('is spelled alike for a name that was escaped before: %s', (of, identity) => {
  expect(identityOf('a%b', of)).toBe(identity);
  expect(identityBelow(escapePart('a%b'), of)).toBe(identity);
});

describe('a name', () => {
  it.each([
    ['', 'must not be empty'],
    ['x'.repeat(513), 'has 513 bytes, at most 512'],
    ['ü'.repeat(300), 'has 600 bytes'],
    ['\ud800', 'lone surrogate'],
    [5, 'must be a string'],
    ['x'.repeat(170) + '\ud800', 'lone surrogate'],
    [undefined, 'must be a string'],
    [{}, 'an object must be a string'],
  ])('is refused: %j', (name, why) => {
    expect(nameFault(name, 'name')).toContain(why);
  });

  it.each(['a', '🙂', '\0', 'a\r\nb', '}x{', '__proto__', 'x'.repeat(512)])('is accepted: %j', (name) => {
    expect(nameFault(name, 'name')).toBeUndefined();
  });
});

describe('a key', () => {
  it.each([
    ['', 'must not be empty'],
    [Number.NaN, 'finite'],
    [Infinity, 'finite'],
    [[], 'at least one part'],
    [['a', {}], 'pick the field that identifies it'],
    [['a', ''], 'must not be empty'],
    [['x'.repeat(300), 'y'.repeat(300)], 'more than 512 bytes together'],
    [{ id: 1 }, 'pick the field that identifies it'],
    [null, 'null must be'],
    [true, 'true must be'],
    ['x'.repeat(1_000_000), 'has 1000000 bytes'],
  ])('is refused: %j'.slice(0, 16), (of, why) => {
    expect(keyFault(of)).toContain(why);
  });

  it.each([
    ['x', 512],
    ['ü', 256],
    ['€', 170],
    ['🙂', 128],
  ])('has 512 bytes at most, whatever they spell: %s', (sign, fitting) => {
    expect(keyFault(sign.repeat(fitting))).toBeUndefined();
    expect(keyFault([sign.repeat(fitting)])).toBeUndefined();
    expect(keyFault(sign.repeat(fitting + 1))).toMatch(/has 51\d bytes, at most 512/);
    expect(keyFault([sign.repeat(fitting), 'xyz'])).toContain('more than 512 bytes together');
  });

  it.each(['\ud800', 'a\udc00', '\udc00\ud800', ['a', '\ud83d']].map((of) => [of]))(
    'is refused with a lone surrogate: case %#',
    (of) => {
      expect(keyFault(of)).toContain('lone surrogate');
    },
  );

  it.each([[undefined], ['a'], [0], [-1.5], [10n], [['a', 1, 2n]]])('is accepted: %s', (of) => {
    expect(keyFault(of)).toBeUndefined();
  });
});
