/** Which leases this chain of calls runs under. Detached work keeps the chain, so a lease in it may be over. */
import { AsyncLocalStorage } from 'node:async_hooks';
import type { Lease } from '../lease/lease.js';
import type { LockBody } from './guarded-call.js';

/** A lease and which lock it is on. */
export interface LeaseInUse {
  readonly lease: Lease;
  /** Whose lock it is: two instances may use one name. */
  readonly scope: object;
  readonly identity: string;
  /** Whether others may hold it, too, who read. @defaultValue false */
  readonly reading?: boolean;
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
  return frames.run(frameOf(inUse), body);
}

/**
 * Begins `body` like {@link runUnderLease} and gives it its lease. A thenable begins when somebody waits for it, which
 * is done here, where it still finds its lease; the promise that comes back in its place is a plain one.
 */
export function beginUnderLease<T>(inUse: LeaseInUse, body: LockBody<T>): T | Promise<T> {
  const frame = frameOf(inUse);
  const begun = frames.run(frame, body, inUse.lease);
  return isPlain(begun) ? begun : frames.run(frame, adopt, begun);
}

function frameOf({ lease, scope, identity, reading = false }: LeaseInUse): Frame {
  return { lease, scope, identity, reading, outer: frames.getStore() };
}

/** Nothing of the body's runs when somebody awaits it. */
function isPlain<T>(begun: T | PromiseLike<T>): begun is T | Promise<T> {
  if (typeof begun !== 'object' && typeof begun !== 'function') return true;
  return begun === null || (begun instanceof Promise && begun.constructor === Promise);
}

async function adopt<T>(begun: T | PromiseLike<T>): Promise<T> {
  return begun;
}

/** What this chain of calls holds of this lock right now, if anything. */
export function leaseInChain(scope: object, identity: string): LeaseInUse | undefined {
  for (let frame = frames.getStore(); frame !== undefined; frame = frame.outer) {
    if (frame.scope === scope && frame.identity === identity && frame.lease.held) return frame;
  }
  return undefined;
}
