/**
 * Waiting, for the whole process: first come, first served inside it, and one entry per name in the queue outside.
 *
 * Acquisitions of one name stand in a line. Only its front talks to the store; when it is through, the next one does.
 * `waitMs: 0` never joins a line: it asks the store, where nobody can barge. Pushes find their acquisition by token;
 * a grant for a token that nobody here knows any more is given back.
 */
import { LockAbortedError, LockClosedError } from '../acquire-errors.js';
import type { LockError } from '../errors.js';
import type { AcquisitionParts } from './acquisition-parts.js';
import { Acquisition } from './acquisition.js';
import type { Demand, Settlement } from './demand.js';
import type { LeasePush } from './lease-store.js';
import { NOTHING_KNOWN } from './ticket.js';

export class LeaseAcquirer {
  readonly #parts: AcquisitionParts;
  /** Whether a token belongs to a lease that is held: a late push for it is old news. */
  readonly #isHeld: (token: string) => boolean;
  readonly #lines = new Map<string, Acquisition[]>();
  readonly #alone = new Set<Acquisition>();
  #closed = false;

  constructor(parts: AcquisitionParts, isHeld: (token: string) => boolean) {
    this.#parts = parts;
    this.#isHeld = isHeld;
    parts.store.onPush((push) => this.#pushed(push));
  }

  /**
   * @throws LockAbortedError, LockClosedError, LockUnavailableError, LockRefusedError
   */
  async acquire(demand: Demand): Promise<Settlement> {
    const refusal = this.refusalOf(demand);
    if (refusal !== undefined) throw refusal;
    const acquisition = new Acquisition(demand, this.#parts);
    const leave = demand.waitMs === 0 ? this.#askAlone(acquisition) : this.#joinLine(acquisition);
    try {
      return await acquisition.settled;
    } finally {
      leave();
    }
  }

  /** Why nothing may be granted to `demand` any more, if so. */
  refusalOf({ lockName, signal }: Demand): LockError | undefined {
    if (this.#closed) return new LockClosedError(lockName);
    return signal?.aborted === true ? new LockAbortedError(lockName, signal.reason) : undefined;
  }

  /** How many acquisitions are under way. */
  get waiting(): number {
    let count = this.#alone.size;
    for (const line of this.#lines.values()) count += line.length;
    return count;
  }

  /** Refuses new acquisitions and ends those under way with a `LockClosedError`. */
  close(): void {
    this.#closed = true;
    for (const acquisition of [...this.#alone, ...[...this.#lines.values()].flat()]) {
      acquisition.giveUp(new LockClosedError(acquisition.demand.lockName));
    }
  }

  #askAlone(acquisition: Acquisition): () => void {
    this.#alone.add(acquisition);
    acquisition.start();
    return () => this.#alone.delete(acquisition);
  }

  #joinLine(acquisition: Acquisition): () => void {
    const { identity } = acquisition.demand;
    const line = this.#lines.get(identity) ?? [];
    line.push(acquisition);
    if (line.length === 1) {
      this.#lines.set(identity, line);
      acquisition.start();
    } else {
      acquisition.waitBehind(() => line[0]?.standing ?? NOTHING_KNOWN);
    }
    return () => this.#leaveLine(identity, line, acquisition);
  }

  #leaveLine(identity: string, line: Acquisition[], acquisition: Acquisition): void {
    const wasFront = line[0] === acquisition;
    line.splice(line.indexOf(acquisition), 1);
    if (line.length === 0) this.#lines.delete(identity);
    else if (wasFront) line[0]?.start(acquisition.standing);
  }

  #pushed(push: LeasePush): void {
    const front = this.#lines.get(push.identity)?.[0];
    if (front?.token === push.token) front.pushed(push);
    else if (push.kind === 'granted' && !this.#isHeld(push.token)) {
      this.#parts.cleanup.giveBack({ identity: push.identity, token: push.token }, push.lastsMs);
    }
  }
}
