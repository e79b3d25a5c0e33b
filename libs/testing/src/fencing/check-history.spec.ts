import { describe, expect, it } from 'vitest';
import { checkHistory, type HistoryEvent } from './check-history.js';

/** `acquired a 16 @1` → an event on `job`. */
function events(...lines: string[]): HistoryEvent[] {
  return lines.map((line) => {
    const [what = '', holder = '', fence = '', at = ''] = line.split(' ');
    const base = { name: 'job', holder, fence: Number(fence), at: Number(at.slice(1)) };
    if (what === 'wrote' || what === 'refused') return { ...base, kind: 'wrote', accepted: what === 'wrote' };
    if (what === 'acquired' || what === 'released' || what === 'lost') return { ...base, kind: what };
    throw new Error(`no such event: ${what}`);
  });
}

describe('a history', () => {
  it('is sound when holders follow each other with growing fences', () => {
    const sound = events(
      'acquired a 1 @1',
      'wrote a 1 @2',
      'released a 1 @3',
      'acquired b 2 @3',
      'lost b 2 @4',
      'acquired c 3 @5',
      'wrote c 3 @6',
      'refused b 2 @7',
    );
    expect(checkHistory(sound)).toEqual([]);
  });

  it('with two inside at once is an overlap, in whichever order it was written down', () => {
    const bad = events('acquired b 2 @2', 'released a 1 @3', 'acquired a 1 @1');
    expect(checkHistory(bad)).toEqual([
      expect.objectContaining({
        kind: 'overlap',
        name: 'job',
        message: '"job": b (fence 2) came in at 2 while a (fence 1, since 1) was inside',
      }),
    ]);
  });

  it('with a write behind a newer one is a stale write that was accepted', () => {
    const bad = events('wrote b 2 @1', 'wrote a 1 @2', 'wrote b 2 @3');
    expect(checkHistory(bad)).toEqual([
      expect.objectContaining({
        kind: 'stale-write-accepted',
        message: '"job": a write of a (fence 1) was accepted at 2, after b (fence 2) had written at 1',
      }),
    ]);
  });

  it('with a fence that repeats or falls is told against the highest before', () => {
    const bad = events(
      'acquired a 5 @1',
      'released a 5 @2',
      'acquired b 5 @3',
      'released b 5 @4',
      'acquired c 4 @5',
    );
    expect(checkHistory(bad).map(({ kind, message }) => [kind, message])).toEqual([
      ['fence-did-not-grow', '"job": b got fence 5 at 3, not above 5 of a at 1'],
      ['fence-did-not-grow', '"job": c got fence 4 at 5, not above 5 of a at 1'],
    ]);
  });

  it('keeps names apart', () => {
    const [first, second] = events('acquired a 2 @1', 'acquired b 1 @2');
    if (first === undefined || second === undefined) throw new Error('two events');
    expect(checkHistory([first, { ...second, name: 'other' }])).toEqual([]);
  });
});
