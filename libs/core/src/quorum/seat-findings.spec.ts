/** What a person is told about the servers of a quorum. */
import { describe, expect, it } from 'vitest';
import { seatFindings, type SeatSeen } from './seat-findings.js';

const ABSENT_MS = 60_602;
const seat = (label: string, how: Partial<SeatSeen> = {}): SeatSeen => ({
  ...{ label, runId: label, ageMs: 100_000, serverMs: 5_000, askedAt: 100, answeredAt: 110 },
  ...how,
});
const told = (...seats: readonly SeatSeen[]) => seatFindings(seats, ABSENT_MS);

describe('the servers of a quorum', () => {
  it('are worth no word when nothing is wrong, nor when none answers', () => {
    expect(told(seat('a'), seat('b'), seat('c'))).toEqual([]);
    expect(told()).toEqual([]);
  });

  it('are unsafe when one is another under a second name', () => {
    expect(told(seat('a'), seat('b'), seat('c', { runId: 'a' }))).toEqual([
      { severity: 'unsafe', text: 'c is the same server as a: it has one vote, and its loss costs two' },
    ]);
  });

  it('are noted while they have no vote', () => {
    expect(told(seat('a', { ageMs: 1_000 }), seat('b', { ageMs: ABSENT_MS }))).toEqual([
      { severity: 'note', text: 'a is new, was restarted or lost its data: it has no vote for 60 s' },
    ]);
  });

  it.each([
    ['for certain', 6_015, true],
    ['perhaps, for the answer was under way', 6_005, false],
  ])('are noted when their clocks are more than a second apart %s', (_how, serverMs, noted) => {
    const findings = told(seat('a'), seat('b', { serverMs }), seat('c'));
    expect(findings.map(({ text }) => text)).toEqual(
      noted ? [expect.stringMatching(/^the clock of b is 1\.0 s ahead of that of a: synchronize them/)] : [],
    );
  });
});
