/** A barrier on a store that counts. */
import type { LockKey } from '../lease/lease-name.js';
import { Gate, type GateParts } from './gate.js';
import { partOf, resolveWait, type ResolvedLatch } from './latch-options.js';
import type { Barrier, LatchWaitOptions } from './latch-service.js';
import { accountIn } from './store-latch.js';

export class StoreBarrier implements Barrier {
  readonly #terms: ResolvedLatch;
  readonly #gate: Gate;
  readonly #waitMs: number;

  constructor(parts: GateParts, terms: ResolvedLatch) {
    this.#terms = terms;
    this.#gate = new Gate(parts, terms.name);
    this.#waitMs = parts.waitMs;
  }

  get name(): string {
    return this.#terms.name;
  }

  async pass(party: string | number, options: LatchWaitOptions = {}): Promise<number> {
    const { parties, keptMs } = this.#terms;
    const waitMs = resolveWait(this.name, options, this.#waitMs);
    const [identity, part] = [accountIn(this.#terms, options.key), partOf(this.name, party)];
    const arrival = { identity, part, parties, again: true, keptMs };
    const arrived = await this.#gate.ask((store) => store.arrive(arrival));
    if (arrived.open) return arrived.passed;
    const since = arrived.passed;
    try {
      const { passed } = await this.#gate.open(
        { identity, parties, since },
        { waitMs, signal: options.signal },
      );
      return passed;
    } catch (error) {
      // It may have passed at the very last; then this one has, too. Without an answer the others may wait for nobody.
      const left = await this.#gate.ask((store) => store.withdraw(identity, part, since)).catch(() => true);
      if (left) throw error;
      return since + 1;
    }
  }

  async inspect(key?: LockKey) {
    const { parties } = this.#terms;
    const look = { identity: accountIn(this.#terms, key), parties };
    const { arrived, passed } = await this.#gate.ask((store) => store.look(look));
    return { arrived, passed, of: parties };
  }
}
