/**
 * Waiting, for the whole process: first come, first served inside it, and one entry per name in the queue outside.
 *
 * Acquisitions of one name stand in a line. Only its front talks to the store, and not even the front does while a
 * tenure that this process has may still be passed to it; when the front is through, the next one is. `waitMs: 0` never
 * joins a line: it asks the store, where nobody can barge. Nor does anybody where several may hold a name: each stands in
 * line there for himself. Pushes find their acquisition by token; a grant for a token that nobody here knows any more is
 * given back.
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
  /** Tokens of what is held where several may hold a name, so that no place can say which. */
  readonly #shares = new Set<string>();
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
    if (this.#isAlone(demand)) {
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
    const { identity, token } = tenure;
    this.#shares.delete(token);
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
    if (line === undefined || this.#isAlone(acquisition.demand)) return NOTHING_KNOWN;
    if (line.front !== acquisition && line.front !== undefined) return line.front.standing;
    if (line.tenure === undefined) return line.known;
    const { token, deadline } = line.tenure;
    const remainingMs = Math.max(0, deadline - this.#parts.clock.now());
    return { taken: { holder: token, remainingMs }, trouble: undefined };
  }

  left(acquisition: Acquisition, tenure: Tenure | undefined): void {
    const { demand } = acquisition;
    const { identity } = demand;
    if (tenure !== undefined) this.#hold(identity, tenure);
    if (this.#isAlone(demand)) {
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

  #isAlone({ terms }: Demand): boolean {
    return terms.waitMs === 0 || this.#isShared;
  }

  get #isShared(): boolean {
    return this.#parts.store.shared === true;
  }

  #holds({ identity, token }: LeasePush): boolean {
    return this.#shares.has(token) || this.#lines.tenureOf(identity)?.token === token;
  }

  /** A server that grants a name twice forgot the first grant: whoever had that is told at once. */
  #hold(identity: string, tenure: Tenure): void {
    if (this.#isShared) {
      this.#shares.add(tenure.token);
      return;
    }
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

  #askingFor({ identity, token }: LeasePush): Acquisition | undefined {
    if (!this.#isShared) return this.#lines.of(identity)?.front;
    for (const acquisition of this.#alone) if (acquisition.uses(token)) return acquisition;
    return undefined;
  }

  #pushed(push: LeasePush): void {
    const asking = this.#askingFor(push);
    if (asking?.uses(push.token) === true) asking.pushed(push);
    else if (push.kind === 'granted' && !this.#holds(push)) {
      this.#parts.cleanup.giveBack({ identity: push.identity, token: push.token }, push.lastsMs);
    }
  }
}
