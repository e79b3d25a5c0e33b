/** A holder and others of its process who stand in line behind it. */
import type { AcquireOutcome } from '../../../../libs/core/src/lease/lease-engine.js';
import type { HeldLease } from '../../../../libs/core/src/lease/held-lease.js';
import { EngineBench, leaseOf, type Ended, type Wanted } from './engine-bench.js';

export type Waiter = Ended<AcquireOutcome>;

/** The first fence of the first tenure; {@link EngineBench.hold} is granted it. */
export const FIRST_FENCE = 100;

export interface Cohort {
  readonly bench: EngineBench;
  readonly lease: HeldLease;
  readonly waiters: Waiter[];
}

/** `first` is what the holder asks for, `wanted` what everybody does. */
export async function cohort(count: number, wanted: Wanted = {}, first: Wanted = {}): Promise<Cohort> {
  const bench = new EngineBench();
  const lease = await bench.hold({ ...wanted, ...first });
  return { bench, lease, waiters: Array.from({ length: count }, () => bench.ask(wanted)) };
}

/** Gives `lease` back and lets everybody run who is glad of it; no time goes by. */
export async function giveBack(bench: EngineBench, lease: HeldLease): Promise<void> {
  void lease.release();
  await bench.clock.settle();
}

/** Gives `lease` back and gives the one of the waiter that has it then. */
export async function passTo(
  bench: EngineBench,
  lease: HeldLease,
  waiter: Waiter | undefined,
): Promise<HeldLease> {
  await giveBack(bench, lease);
  if (waiter === undefined) throw new Error('nobody stands there');
  return leaseOf(waiter);
}

/** Tokens of all releases, in the order in which they were sent. */
export function releasedTokens({ store }: EngineBench): string[] {
  return store.releases.map(({ request }) => request.token);
}
