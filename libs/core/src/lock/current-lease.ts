/** Which leases this chain of calls runs under. Detached work keeps the chain, so a lease in it may be over. */
import { AsyncLocalStorage } from 'node:async_hooks';
import type { Lease } from '../lease/lease.js';

/** A lease and which lock it is on. */
export interface LeaseInUse {
  readonly lease: Lease;
  /** Whose lock it is: two instances may use one name. */
  readonly scope: object;
  readonly identity: string;
}

interface Frame extends LeaseInUse {
  readonly outer: Frame | undefined;
}

const frames = new AsyncLocalStorage<Frame>();

/** The innermost lease that this code runs under, also after it was lost; `undefined` outside of `run` and `@WithLock`. */
export function currentLease(): Lease | undefined {
  return frames.getStore()?.lease;
}

/** Runs `body` with this lease as its innermost one, which `currentLease()` finds. Also for stand-ins of `LockService`. */
export function runUnderLease<T>(inUse: LeaseInUse, body: () => T): T {
  return frames.run({ ...inUse, outer: frames.getStore() }, body);
}

/** The lease on this lock that this chain of calls holds right now, if any. */
export function leaseInChain(scope: object, identity: string): Lease | undefined {
  for (let frame = frames.getStore(); frame !== undefined; frame = frame.outer) {
    if (frame.scope === scope && frame.identity === identity && frame.lease.held) return frame.lease;
  }
  return undefined;
}
