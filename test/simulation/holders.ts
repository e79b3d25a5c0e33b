/** Who holds what, by their own belief: no two at once, and each is told before the next one comes. */
import { FenceGuard, StaleFenceError, type Lease } from '@holdfast/core';
import type { Judge } from './judge.js';
import type { SimulatedMachine } from './machine.js';
import { lockKeyOf, processOf } from './lock-state.js';
import { FENCES_OF_A_BLOCK, type ServerGrant } from './server-watch.js';
import type { Trace } from './trace.js';

/** A lease in the hands of a process. */
export interface Holding {
  readonly who: string;
  readonly lockName: string;
  readonly lease: Lease;
  /** Read once: it says what the holder was told, and asking it asks no clock. */
  readonly signal: AbortSignal;
  readonly machine: SimulatedMachine;
  readonly processId: string;
  readonly stoppedMs: number;
  /** By the grants of the server. */
  readonly order: number;
}

export interface HoldersParts {
  readonly judge: Judge;
  readonly trace: Trace;
  /** Told of a machine that stands still while somebody else is granted what it holds. */
  readonly overtaken: (machine: SimulatedMachine) => void;
}

export class Holders {
  readonly #parts: HoldersParts;
  readonly #inside = new Map<string, Set<Holding>>();
  readonly #grants = new Map<string, ServerGrant[]>();
  readonly #guard = new FenceGuard();
  readonly #newestWrite = new Map<string, number>();
  readonly #fences = new Set<string>();
  readonly #entered = new Set<string>();

  constructor(parts: HoldersParts) {
    this.#parts = parts;
  }

  granted(grant: ServerGrant): void {
    const grants = this.#grants.get(grant.lock);
    if (grants === undefined) this.#grants.set(grant.lock, [grant]);
    else grants.push(grant);
  }

  /** A process came to know of its lease. */
  entered(holding: Omit<Holding, 'order' | 'signal' | 'stoppedMs'>): Holding {
    const { lockName, lease, machine, who } = holding;
    const order = this.#orderOf(holding);
    const entered = { ...holding, order, signal: lease.signal, stoppedMs: machine.stoppedMs };
    const fence = `${lockName} ${lease.fence}`;
    if (this.#fences.has(fence)) this.#parts.judge.violated('fences grow', `${who}: ${fence} a second time`);
    this.#fences.add(fence);
    this.#entered.add(`${lockKeyOf(lockName)} ${order}`);
    const inside = this.#inside.get(lockName) ?? new Set();
    this.#inside.set(lockName, inside);
    if (!believes(entered)) this.#parts.judge.violated('nobody is given what is over', `${who}: ${fence}`);
    for (const other of inside) this.#compare(entered, other);
    inside.add(entered);
    return entered;
  }

  /** Whether the process that a grant went to came to know of it. */
  hasEntered({ lock, order }: ServerGrant): boolean {
    return this.#entered.has(`${lock} ${order}`);
  }

  left(holding: Holding): void {
    this.#inside.get(holding.lockName)?.delete(holding);
  }

  /** The very first instruction of a process that was stopped: it believes no more than is true. */
  woke(machine: SimulatedMachine): void {
    for (const inside of this.#inside.values()) {
      for (const mine of [...inside].filter((holding) => holding.machine === machine)) {
        for (const other of inside) {
          const beforeMe = other !== mine && other.machine !== machine && other.machine.running;
          if (beforeMe && believes(other) && believes(mine)) this.#two(mine, other);
        }
      }
    }
  }

  /** A while after a process noticed that it was stopped: who was overtaken meanwhile has been told. */
  hasComeRound(machine: SimulatedMachine): void {
    const { judge } = this.#parts;
    if (!judge.exclusionHolds) return;
    for (const inside of this.#inside.values()) {
      const newest = Math.max(...[...inside].map(({ order }) => order));
      for (const mine of inside) {
        if (mine.machine === machine && mine.order < newest && !mine.signal.aborted)
          judge.violated(
            'a holder is told before the next one is granted',
            `${mine.who} was not told after it woke that it lost ${mine.lockName}`,
          );
      }
    }
  }

  /** A write reaches the resource, late or not. */
  write({ lockName, lease, order, who }: Holding): void {
    try {
      this.#guard.check(lockName, lease.fence);
    } catch (error) {
      if (!StaleFenceError.is(error)) throw error;
      this.#parts.trace.add(who, `write with fence ${lease.fence} refused`);
      return;
    }
    const newest = this.#newestWrite.get(lockName) ?? 0;
    if (order < newest)
      this.#parts.judge.violated(
        'a fenced resource accepts no stale write',
        `${who}: grant ${order} of ${lockName} behind ${newest}`,
      );
    this.#newestWrite.set(lockName, Math.max(newest, order));
  }

  #compare(entered: Holding, other: Holding): void {
    const { judge } = this.#parts;
    if (!other.machine.running) return this.#parts.overtaken(other.machine);
    if (!judge.exclusionHolds) return;
    const undisturbed = other.machine.stoppedMs === other.stoppedMs;
    if (undisturbed && !other.signal.aborted)
      judge.violated(
        'a holder is told before the next one is granted',
        `${other.who} was not told that it lost ${other.lockName} to ${entered.who}`,
      );
    else if (believes(other)) this.#two(entered, other);
  }

  #two(one: Holding, other: Holding): void {
    const { judge } = this.#parts;
    if (judge.exclusionHolds)
      judge.violated('two never believe that they hold', `${one.who} and ${other.who}: ${one.lockName}`);
  }

  /** Which grant of the server it is of: the last one to that process with a block that has its fence. */
  #orderOf({
    lockName,
    processId,
    lease: { fence },
    who,
  }: Pick<Holding, 'lockName' | 'processId' | 'lease' | 'who'>): number {
    const grant = this.#grants
      .get(lockKeyOf(lockName))
      ?.findLast(
        ({ token, firstFence }) =>
          processOf(token) === processId && fence >= firstFence && fence < firstFence + FENCES_OF_A_BLOCK,
      );
    if (grant !== undefined) return grant.order;
    this.#parts.judge.violated('fences grow', `nobody issued ${fence} of ${lockName} to ${who}`);
    return 0;
  }
}

/** By what its process would answer right now. */
function believes({ lease }: Holding): boolean {
  try {
    lease.assertHeld();
    return true;
  } catch {
    return false;
  }
}
