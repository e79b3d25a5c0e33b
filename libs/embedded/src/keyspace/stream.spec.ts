import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { formatId, GREATEST_HALF, GREATEST_ID, idOf, Stream } from './stream.js';

const idsIn = (stream: Stream) => stream.between(0n, GREATEST_ID).map(({ id }) => String(formatId(id)));

describe('Stream', () => {
  it('writes ids of two halves of 64 bits each', () => {
    expect(formatId(idOf(1_767_225_600_000n, 7n))).toBe('1767225600000-7');
    expect(formatId(GREATEST_ID)).toBe('18446744073709551615-18446744073709551615');
  });

  it('makes ids that grow whatever the clock says', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 1, max: 5 }), { minLength: 2 }), (clock) => {
        const stream = new Stream();
        for (const ms of clock) {
          const before = stream.lastId;
          const id = stream.nextId(ms);
          expect(id).toBeGreaterThan(before);
          expect(id).toBeGreaterThanOrEqual(idOf(BigInt(ms), 0n));
          expect(stream.add({ id, words: [] })).toBe(true);
        }
        expect(stream.size).toBe(clock.length);
      }),
    );
  });

  it('goes on in the next millisecond where a count is used up', () => {
    const stream = new Stream();
    stream.add({ id: idOf(5n, GREATEST_HALF), words: [] });
    expect(formatId(stream.nextId(5))).toBe('6-0');
  });

  it('takes no entry whose id is not above the last one, also when that was trimmed away', () => {
    const stream = new Stream();
    expect(stream.add({ id: idOf(5n, 1n), words: [] })).toBe(true);
    stream.trimTo(0);
    expect(stream.add({ id: idOf(5n, 1n), words: [] })).toBe(false);
    expect(stream.add({ id: idOf(4n, 9n), words: [] })).toBe(false);
    expect(stream.add({ id: idOf(5n, 2n), words: [] })).toBe(true);
    expect(idsIn(stream)).toEqual(['5-2']);
  });

  it('trims from the oldest end, and not at all where there are few', () => {
    const stream = new Stream();
    for (const ms of [1n, 2n, 3n]) stream.add({ id: idOf(ms, 0n), words: [] });
    stream.trimTo(5);
    expect(idsIn(stream)).toEqual(['1-0', '2-0', '3-0']);
    stream.trimTo(1);
    expect(idsIn(stream)).toEqual(['3-0']);
  });

  it('tells a range with both of its ends', () => {
    const stream = new Stream();
    for (const count of [1n, 2n, 3n, 4n]) stream.add({ id: idOf(1n, count), words: [] });
    const found = stream.between(idOf(1n, 2n), idOf(1n, 3n));
    expect(found.map(({ id }) => formatId(id))).toEqual(['1-2', '1-3']);
  });
});
