/** A latch on a store that counts. */
import { LockConfigError } from '../errors.js';
import { callFaults } from '../guarded/guard-terms.js';
import { identityBelow, type LockKey } from '../lease/lease-name.js';
import { Gate, type GateParts } from './gate.js';
import { partOf, resolveWait, type ResolvedLatch } from './latch-options.js';
import type { Latch, LatchState, LatchWaitOptions } from './latch-service.js';
import type { Arrivals } from './latch-store.js';

export class StoreLatch implements Latch {
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

  async arrive(part: string | number, key?: LockKey): Promise<LatchState> {
    const { parties, keptMs } = this.#terms;
    const arrival = { identity: this.#at(key), part: partOf(this.name, part), parties, again: false, keptMs };
    return this.#state(await this.#gate.ask((store) => store.arrive(arrival)));
  }

  async wait(options: LatchWaitOptions = {}): Promise<void> {
    const waitMs = resolveWait(this.name, options, this.#waitMs);
    const look = { identity: this.#at(options.key), parties: this.#terms.parties };
    await this.#gate.open(look, { waitMs, signal: options.signal });
  }

  async inspect(key?: LockKey): Promise<LatchState> {
    const look = { identity: this.#at(key), parties: this.#terms.parties };
    return this.#state(await this.#gate.ask((store) => store.look(look)));
  }

  async reset(key?: LockKey): Promise<void> {
    const identity = this.#at(key);
    await this.#gate.ask((store) => store.reset(identity));
  }

  #at(key: LockKey | undefined): string {
    return accountIn(this.#terms, key);
  }

  #state({ arrived }: Arrivals): LatchState {
    const { parties } = this.#terms;
    return { open: arrived >= parties, arrived, of: parties };
  }
}

/** @throws LockConfigError */
export function accountIn({ name, escapedName }: ResolvedLatch, key: LockKey | undefined): string {
  const faults = callFaults(key, undefined);
  if (faults.length > 0) throw new LockConfigError(`${name} cannot be asked`, faults);
  return identityBelow(escapedName, key);
}
