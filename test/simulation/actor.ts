/** What the code of a process does with locks, again and again: takes one, works under it, writes, gives it back. */
import type { Holdfast, Lease } from '@holdfast/core';
import type { Holding } from './holders.js';
import { lockKeyOf, processOf, waitersOf } from './lock-state.js';
import type { Prng } from './prng.js';
import type { SimulatedProcess } from './process.js';
import type { World } from './world.js';

const GONE_MS = 100;

/** Of one try. */
interface Intent {
  readonly lockName: string;
  readonly waitMs: number;
  readonly holdMs: number;
  readonly abortAfterMs: number | undefined;
  readonly holdAtLeastMs: number;
  readonly holdAtMostMs: number | undefined;
}

/** Where an actor acts: the how manieth of a process. */
export interface ActorPlace {
  readonly process: SimulatedProcess;
  readonly holdfast: Holdfast;
  readonly number: number;
}

export class Actor {
  readonly #world: World;
  readonly #process: SimulatedProcess;
  readonly #holdfast: Holdfast;
  readonly #prng: Prng;
  readonly #name: string;

  constructor(world: World, { process, holdfast, number }: ActorPlace) {
    this.#world = world;
    this.#process = process;
    this.#holdfast = holdfast;
    this.#prng = world.prng.fork();
    this.#name = `${process.name}.${number}`;
  }

  async act(): Promise<void> {
    while (this.#process.active && !this.#world.ending) {
      await this.#process.rest(this.#prng.pick([0, 5, 50, 300]) * this.#prng.between(0.5, 1.5));
      await this.#attempt(this.#intent());
    }
  }

  #intent(): Intent {
    const prng = this.#prng;
    const { lockNames, ttlMs } = this.#world.plan;
    return {
      lockName: prng.pick(lockNames),
      waitMs: prng.pick([0, 40, 1_500, 3_000, 6_000]),
      holdMs: ttlMs * prng.pick([0.01, 0.05, 0.3, 1.4, 3]) * prng.between(0.5, 1.5),
      abortAfterMs: prng.chance(0.15) ? prng.between(0, ttlMs) : undefined,
      holdAtLeastMs: prng.chance(0.1) ? prng.whole(1, ttlMs) : 0,
      holdAtMostMs: prng.chance(0.1) ? prng.whole(ttlMs, 2 * ttlMs) : undefined,
    };
  }

  async #attempt(intent: Intent): Promise<void> {
    const { promises, plan, trace, judge } = this.#world;
    const { lockName, waitMs } = intent;
    this.#process.asked += 1;
    trace.add(this.#name, `asks for ${lockName}, wait ${waitMs}`);
    const withinMs = waitMs === 0 ? plan.attemptTimeoutMs : waitMs;
    const expected = { what: `${this.#name}: acquire`, withinMs, machine: this.#process.machine };
    const outcome = await promises.outcome(expected, this.#acquire(intent));
    if ('code' in outcome) {
      trace.add(this.#name, `is refused: ${outcome.code}`);
      if (plan.calm && outcome.code === 'ERR_LOCK_UNAVAILABLE' && waitMs > 0)
        judge.violated('nothing is lost without a reason', `${this.#name}: unavailable`);
      if (plan.calm) this.#leavesNothing(lockName);
    } else if (outcome.value !== undefined) await this.#hold(outcome.value, intent);
  }

  /** If nobody of its process asks meanwhile, who gave up stands in no line after a moment. */
  #leavesNothing(lockName: string): void {
    const { time, server, judge, plan } = this.#world;
    const { asked, id } = this.#process;
    if (plan.actors > 1) return;
    time.after(GONE_MS, () => {
      if (this.#process.asked !== asked || !this.#process.active) return;
      const left = waitersOf(server, lockKeyOf(lockName)).find(({ token }) => processOf(token) === id);
      if (left !== undefined)
        judge.violated('who gives up leaves nothing behind', `${this.#name}: ${lockName}: ${left.token}`);
    });
  }

  #acquire({
    lockName,
    waitMs,
    abortAfterMs,
    holdAtLeastMs,
    holdAtMostMs,
  }: Intent): Promise<Lease | undefined> {
    const options = {
      holdAtLeast: holdAtLeastMs,
      ...(abortAfterMs === undefined ? {} : { signal: this.#abortAfter(abortAfterMs) }),
      ...(holdAtMostMs === undefined ? {} : { holdAtMost: Math.max(holdAtMostMs, holdAtLeastMs) }),
    };
    const { locks } = this.#holdfast;
    if (waitMs === 0 && this.#prng.chance(0.7)) return locks.tryAcquire(lockName, options);
    return locks.acquire(lockName, { ...options, wait: waitMs });
  }

  #abortAfter(delayMs: number): AbortSignal {
    const abort = new AbortController();
    this.#process.machine.startTimer(delayMs, () => abort.abort('enough'));
    return abort.signal;
  }

  async #hold(lease: Lease, intent: Intent): Promise<void> {
    const { holders, trace, time } = this.#world;
    const { lockName } = intent;
    trace.add(this.#name, `holds ${lockName}, fence ${lease.fence}`);
    const { machine } = this.#process;
    const holding = holders.entered({
      who: this.#name,
      lockName,
      lease,
      machine,
      processId: this.#process.id,
    });
    lease.signal.addEventListener('abort', () => this.#wasTold(holding));
    const endsAt = time.now + intent.holdMs;
    while (time.now < endsAt && !lease.signal.aborted && !machine.dead) {
      await this.#process.rest(Math.min(endsAt - time.now, this.#prng.between(1, 150)));
      this.#write(holding);
    }
    holders.left(holding);
    const expected = { what: `${this.#name}: release`, withinMs: this.#world.plan.attemptTimeoutMs, machine };
    const outcome = await this.#world.promises.outcome(expected, lease.release());
    trace.add(this.#name, `gave back ${lockName}: ${'value' in outcome ? outcome.value : outcome.code}`);
  }

  /** Looks, and then takes its time: what a lock alone cannot guard against. */
  #write(holding: Holding): void {
    const { time, holders } = this.#world;
    if (!holding.lease.signal.aborted)
      time.after(this.#prng.pick([1, 1, 20, 700]), () => holders.write(holding));
  }

  #wasTold({ lease, who, lockName }: Holding): void {
    const { trace, plan, judge } = this.#world;
    const { reason } = lease.signal;
    const why = reason instanceof Error ? reason.message : String(reason);
    trace.add(who, `lost: ${why}`);
    const excused = this.#process.leaving || why.includes('holdAtMost');
    if (plan.calm && !excused)
      judge.violated('nothing is lost without a reason', `${who}: ${lockName}: ${why}`);
  }
}
