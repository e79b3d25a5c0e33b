/**
 * Takes several locks, all or none.
 *
 * All that are missing are asked for in one step, without standing in line. Where one is busy, those in front of it in the
 * order of their names stay held, those behind it are given back, and the call stands in line for it; then comes the next
 * step. So whoever waits holds only what is in front of what it waits for, and no circle can close. (Havender, "Avoiding
 * deadlock in multitasking systems", IBM Systems Journal 7(2), 1968: resources requested in a fixed order.)
 */
import { LockAbortedError } from '../acquire-errors.js';
import type { GuardTerms } from '../guarded/guard-terms.js';
import type { HeldLease } from '../lease/held-lease.js';
import type { LeaseEngine } from '../lease/lease-engine.js';
import type { Settlement } from '../lease/settlement.js';
import type { Clock } from '../time/clock.js';

/** One of the locks. */
export interface WantedLock {
  readonly engine: LeaseEngine;
  readonly terms: GuardTerms;
  readonly identity: string;
}

/** How a call for all of them waits. */
export interface WaitTerms {
  readonly clock: Clock;
  /** For all of them together. */
  readonly waitMs: number;
  readonly signal: AbortSignal | undefined;
}

/** Which lock stayed busy, and what it said. */
export interface StayedBusy {
  readonly outcome: 'busy';
  readonly lock: WantedLock;
  readonly last: Extract<Settlement, { outcome: 'busy' }>;
}

/** All of them, in the order given; or which one was not to be had, and none. */
export type TakenAll = { readonly outcome: 'granted'; readonly leases: readonly HeldLease[] } | StayedBusy;

type Answer =
  | { readonly outcome: 'granted'; readonly lease: HeldLease }
  | StayedBusy
  | { readonly outcome: 'failed'; readonly error: unknown };

/**
 * @param wanted - without one twice, in the order that everybody takes them in
 * @throws LockAbortedError, LockClosedError, LockUnavailableError, LockRefusedError; LeaseLostError or LockHoldLimitError
 *   when one was lost while the call waited for another. Nothing is held then.
 */
export async function takeAll(wanted: readonly WantedLock[], terms: WaitTerms): Promise<TakenAll> {
  const { clock, waitMs } = terms;
  const startedAt = clock.now();
  const held: HeldLease[] = [];
  try {
    for (;;) {
      const missing = await step(wanted.slice(held.length), held, terms);
      if (missing === undefined) return { outcome: 'granted', leases: allHeld(held, terms) };
      const leftMs = Math.max(0, startedAt + waitMs - clock.now());
      const answer = waitMs === 0 ? missing : await ask(missing.lock, leftMs, terms.signal);
      if (answer.outcome === 'failed') throw answer.error;
      if (answer.outcome === 'busy') {
        giveBack(held);
        return { ...answer, last: { ...answer.last, waitedMs: clock.now() - startedAt } };
      }
      held.push(answer.lease);
    }
  } catch (error) {
    giveBack(held);
    throw error;
  }
}

/** Asks for all that are missing, and adds to `held` what is held in their order. @returns the first that was busy */
async function step(
  missing: readonly WantedLock[],
  held: HeldLease[],
  { signal }: WaitTerms,
): Promise<StayedBusy | undefined> {
  // In one tick: what one server keeps travels together.
  const answers = await Promise.all(missing.map((lock) => ask(lock, 0, signal)));
  const first = answers.findIndex(({ outcome }) => outcome !== 'granted');
  const inOrder = first === -1 ? answers.length : first;
  held.push(...leasesIn(answers.slice(0, inOrder)));
  giveBack(leasesIn(answers.slice(inOrder)));
  const failed = answers.find((answer) => answer.outcome === 'failed');
  if (failed !== undefined) throw failed.error;
  const busy = answers[inOrder];
  return busy?.outcome === 'busy' ? busy : undefined;
}

async function ask(lock: WantedLock, waitMs: number, signal: AbortSignal | undefined): Promise<Answer> {
  const { engine, terms, identity } = lock;
  const demand = { terms: { ...terms, waitMs }, identity, signal };
  try {
    const answer = engine.accept(await engine.request(demand), demand);
    return answer.outcome === 'busy' ? { outcome: 'busy', lock, last: answer } : answer;
  } catch (error) {
    return { outcome: 'failed', error };
  }
}

function leasesIn(answers: readonly Answer[]): HeldLease[] {
  return answers.flatMap((answer) => (answer.outcome === 'granted' ? [answer.lease] : []));
}

/** Nobody waits for it: it leaves in this tick, in front of whatever is asked for next. */
function giveBack(leases: readonly HeldLease[]): void {
  for (const lease of leases) void lease.release();
}

/** The last look before they are handed out: some were held while others were waited for. */
function allHeld(leases: readonly HeldLease[], { signal }: WaitTerms): readonly HeldLease[] {
  const [first] = leases;
  if (first !== undefined && signal?.aborted === true)
    throw new LockAbortedError(first.lockName, signal.reason);
  for (const lease of leases) lease.assertHeld();
  return leases;
}
