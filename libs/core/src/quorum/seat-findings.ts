/** What a person should know about the servers of a quorum when it starts: who has no vote yet, and how far clocks are apart. */
import type { Seat } from './voting-store.js';

/** A seat, and when on the clock of this process its server was asked and answered. */
export interface SeatSeen extends Seat {
  readonly label: string;
  readonly askedAt: number;
  readonly answeredAt: number;
}

/** Of the same shape as what is found on a single server. */
export interface SeatFinding {
  readonly severity: 'unsafe' | 'note';
  readonly text: string;
}

/** Fences grow by the clocks of the servers where counters were lost. */
const CLOCKS_APART_MS = 1_000;

export function seatFindings(seats: readonly SeatSeen[], absentMs: number): readonly SeatFinding[] {
  return [...sameServers(seats), ...absent(seats, absentMs), ...clocksApart(seats)];
}

function sameServers(seats: readonly SeatSeen[]): readonly SeatFinding[] {
  return seats.flatMap(({ label, runId }, at) => {
    const first = seats.findIndex((other) => other.runId === runId);
    if (first === at) return [];
    const text = `${label} is the same server as ${seats[first]?.label}: it has one vote, and its loss costs two`;
    return [{ severity: 'unsafe', text }];
  });
}

function absent(seats: readonly SeatSeen[], absentMs: number): readonly SeatFinding[] {
  return seats.flatMap(({ label, ageMs }) => {
    if (ageMs >= absentMs) return [];
    const seconds = Math.ceil((absentMs - ageMs) / 1_000);
    const text = `${label} is new, was restarted or lost its data: it has no vote for ${seconds} s`;
    return [{ severity: 'note', text }];
  });
}

/** As far as is certain: a server read its clock somewhere between question and answer. */
function clocksApart(seats: readonly SeatSeen[]): readonly SeatFinding[] {
  const earliest = seats.map(({ serverMs, answeredAt }) => serverMs - answeredAt);
  const latest = seats.map(({ serverMs, askedAt }) => serverMs - askedAt);
  const apartMs = Math.max(...earliest) - Math.min(...latest);
  if (!(apartMs > CLOCKS_APART_MS)) return [];
  const [ahead, behind] = [earliest.indexOf(Math.max(...earliest)), latest.indexOf(Math.min(...latest))];
  const text =
    `the clock of ${seats[ahead]?.label} is ${(apartMs / 1_000).toFixed(1)} s ahead of that of ` +
    `${seats[behind]?.label}: synchronize them, or fences may fall back when counters are lost`;
  return [{ severity: 'note', text }];
}
