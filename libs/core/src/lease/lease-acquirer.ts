/**
 * Waiting, for the whole process: first come, first served inside it, and one entry per name in the queue outside.
 *
 * Acquisitions of one name stand in a line. Only its front talks to the store, and not even the front does while a
 * tenure that this process has may still be passed to it; when the front is through, the next one is. `waitMs: 0` never
 * joins a line: it asks the store, where nobody can barge. Pushes find their acquisition by token; a grant for a token
 * that nobody here knows any more is given back.
 */
import { LockAbortedError, LockClosedError } from '../acquire-errors.js';
import type { LockError } from '../errors.js';
import { Acquisition, type Place } from './acquisition.js';
import { NOTHING_KNOWN, type AcquisitionParts, type Standing } from './acquisition-parts.js';
import type { Demand } from './demand.js';
import type { Settlement } from './settlement.js';
import type { LeasePush } from './lease-store.js';
import type { Line } from './line.js';
import { Lines } from './lines.js';
import type { Tenure } from './tenure.js';

export class LeaseAcquirer implements Place {
  readonly #parts: AcquisitionParts;
  readonly #lines = new Lines();
  readonly #alone = new Set<Acquisition>();
  #closed = false;

  constructor(parts: AcquisitionParts) {
    this.#parts = parts;
    parts.store.onPush((push) => this.#pushed(push));
  }

  /**
   * Rejects with a LockAbortedError, LockClosedError, LockUnavailableError or LockRefusedError. What is granted has to
   * come back by {@link pass} or {@link ended}.
   */
  acquire(demand: Demand): Promise<Settlement> {
    const refusal = this.refusalOf(demand);
    if (refusal !== undefined) return Promise.reject(refusal);
    const acquisition = new Acquisition(demand, this.#parts, this);
    if (demand.terms.waitMs === 0) {
      this.#alone.add(acquisition);
      acquisition.ask();
    } else {
      const line = this.#lines.open(demand.identity);
      line.push(acquisition);
      if (line.front === acquisition) this.#cameToTheFront(line);
      else acquisition.waitBehind();
    }
    return acquisition.settlement;
  }

  /** Why nothing may be granted to `demand` any more, if so. */
  refusalOf({ terms: { lockName }, signal }: Demand): LockError | undefined {
    if (this.#closed) return new LockClosedError(lockName);
    return signal?.aborted === true ? new LockAbortedError(lockName, signal.reason) : undefined;
  }

  /** Gives a tenure that its holder is done with to the next in line, without a round trip, if that may be. */
  pass(tenure: Tenure, now: number): boolean {
    const line = this.#lines.of(tenure.identity);
    const front = line?.front;
    if (line?.tenure !== tenure || front?.hoping !== true) return false;
    if (!tenure.pass(front.demand.terms, now)) return false;
    front.takeOver(tenure);
    return true;
  }

  /** A tenure is over; to be told after its release was sent, for the next in line asks at once. */
  ended(tenure: Tenure): void {
    const { identity } = tenure;
    if (this.#lines.tenureOf(identity) !== tenure) return;
    this.#lines.hold(identity, undefined);
    const line = this.#lines.of(identity);
    if (line !== undefined) this.#cameToTheFront(line);
  }

  /** How many acquisitions are under way. */
  get waiting(): number {
    return this.#everybody().length;
  }

  /** Refuses new acquisitions and ends those under way with a `LockClosedError`. */
  close(): void {
    this.#closed = true;
    for (const acquisition of this.#everybody())
      acquisition.giveUp(new LockClosedError(acquisition.demand.terms.lockName));
  }

  standingFor(acquisition: Acquisition): Standing {
    const line = this.#lines.of(acquisition.demand.identity);
    if (line === undefined || acquisition.demand.terms.waitMs === 0) return NOTHING_KNOWN;
    if (line.front !== acquisition && line.front !== undefined) return line.front.standing;
    if (line.tenure === undefined) return line.known;
    const { token, deadline } = line.tenure;
    const remainingMs = Math.max(0, deadline - this.#parts.clock.now());
    return { taken: { holder: token, remainingMs }, trouble: undefined };
  }

  left(acquisition: Acquisition, tenure: Tenure | undefined): void {
    const { identity, terms } = acquisition.demand;
    if (tenure !== undefined) this.#hold(identity, tenure);
    if (terms.waitMs === 0) {
      this.#alone.delete(acquisition);
      return;
    }
    const line = this.#lines.open(identity);
    const wasFront = line.front === acquisition;
    if (wasFront) line.known = acquisition.standing;
    line.remove(acquisition);
    this.#lines.tidy(identity, line);
    if (wasFront) this.#cameToTheFront(line);
  }

  /** A server that grants a name twice forgot the first grant: whoever had that is told at once. */
  #hold(identity: string, tenure: Tenure): void {
    const before = this.#lines.tenureOf(identity);
    if (before !== tenure) before?.holder?.lose('taken');
    this.#lines.hold(identity, tenure);
  }

  #cameToTheFront({ front, tenure }: Line): void {
    if (front === undefined || this.#closed) return;
    if (tenure !== undefined && tenure.hopeUntil > this.#parts.clock.now()) front.hopeUntil(tenure.hopeUntil);
    else front.ask();
  }

  #everybody(): Acquisition[] {
    return [...this.#alone, ...[...this.#lines].flatMap((line) => [...line])];
  }

  #pushed(push: LeasePush): void {
    const front = this.#lines.of(push.identity)?.front;
    if (front?.uses(push.token) === true) front.pushed(push);
    else if (push.kind === 'granted' && this.#lines.tenureOf(push.identity)?.token !== push.token) {
      this.#parts.cleanup.giveBack({ identity: push.identity, token: push.token }, push.lastsMs);
    }
  }
}
