/** Seats of a server, as scripts leave them. */
import type { Redis } from 'ioredis';
import type { Keyspace } from '../../support/keyspace.js';

export const text = (value: string, ttlMs: number): Keyspace[string] => ({ type: 'string', value, ttlMs });

/** Which start of the server it is, as its scripts see it. */
export async function runIdOf(redis: Redis): Promise<string> {
  return /run_id:(\w+)/.exec(await redis.info('server'))?.[1] ?? '';
}

export const SEAT_TTL_MS = 2_000_000_000;

/** A seat that was taken so long ago. */
export const seatIn = (runId: string, ageMs: number): Keyspace => ({
  seat: text(`${runId} ${Date.now() - ageMs}`, SEAT_TTL_MS),
});

/** The run and the millisecond in a seat that is there. */
export function partsOfSeat({ seat }: Keyspace): readonly string[] {
  return typeof seat?.value === 'string' ? seat.value.split(' ') : [];
}
