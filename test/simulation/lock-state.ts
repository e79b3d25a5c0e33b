/** What the server knows of one lock, read past the scripts. */
import { joined, type Bytes } from '../../libs/embedded/src/bytes.js';
import type { Channels } from '../../libs/embedded/src/channels.js';
import type { Keyspace } from '../../libs/embedded/src/keyspace/keyspace.js';
import type { SortedSet } from '../../libs/embedded/src/keyspace/sorted-set.js';

/** Where arrivals begin among the scores of a queue. */
const FIRST_ARRIVAL = 1e14;
const PROCESS_ID_LENGTH = 22;

/** Which server, and by which clock. */
export interface ServerView {
  readonly keyspace: Keyspace;
  readonly channels: Channels;
  readonly wallMs: number;
}

export const NAMESPACE = 'sim';

export function lockKeyOf(lockName: string): Bytes {
  return joined(`hf1:${NAMESPACE}:{${lockName}}:lock`);
}

/** Another key of the same name. */
export function besideLock(lock: Bytes, part: 'fence' | 'queue'): Bytes {
  return joined(lock.replace(/lock$/, part));
}

export function processOf(token: string): string {
  return token.slice(0, PROCESS_ID_LENGTH);
}

/** The token that holds, or the marker of one that left. */
export function holderOf({ keyspace }: ServerView, lock: Bytes): string | undefined {
  const value = keyspace.peek(lock);
  return value?.type === 'string' ? value.text : undefined;
}

/** The last fence that was issued. */
export function counterOf({ keyspace }: ServerView, lock: Bytes): number {
  const value = keyspace.peek(besideLock(lock, 'fence'));
  return value?.type === 'string' ? Number(value.text) : 0;
}

/** Somebody who stands in line. */
export interface Waiter {
  readonly token: string;
  /** By its heartbeat, and because its process listens. */
  readonly live: boolean;
}

/** The line of a lock, first come first. */
export function waitersOf(view: ServerView, lock: Bytes): readonly Waiter[] {
  const value = view.keyspace.peek(besideLock(lock, 'queue'));
  if (value?.type !== 'zset') return [];
  const channels = lock.slice(0, lock.indexOf('{')) + 'push:';
  return value.members
    .withScore((score) => score > FIRST_ARRIVAL)
    .map(({ member }) => ({
      token: member,
      live:
        isAlive(value.members, member, view.wallMs) &&
        view.channels.count(joined(channels + processOf(member))) > 0,
    }));
}

function isAlive(members: SortedSet, token: string, wallMs: number): boolean {
  return (members.scoreOf(joined(`!${token}`)) ?? 0) - Math.floor(wallMs) > 0;
}
