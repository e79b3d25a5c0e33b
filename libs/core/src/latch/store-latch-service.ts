/** Latches and barriers on a store that counts. */
import type { GateParts } from './gate.js';
import { resolveLatch } from './latch-options.js';
import { LatchService, type Barrier, type Latch, type LatchOptions } from './latch-service.js';
import { StoreBarrier } from './store-barrier.js';
import { StoreLatch } from './store-latch.js';
import { Wakes } from './wakes.js';

export class StoreLatchService extends LatchService {
  readonly #parts: GateParts;
  readonly #closing = new AbortController();

  constructor(parts: Omit<GateParts, 'wakes' | 'closed'>) {
    super();
    const wakes = new Wakes();
    this.#parts = { ...parts, wakes, closed: this.#closing.signal };
    parts.store.onWake((identity) => wakes.wake(identity));
  }

  override latch(name: string, options: LatchOptions): Latch {
    return new StoreLatch(this.#parts, resolveLatch('Latch', name, options));
  }

  override barrier(name: string, options: LatchOptions): Barrier {
    return new StoreBarrier(this.#parts, resolveLatch('Barrier', name, options));
  }

  /** Refuses what is new, and ends waits. */
  close(): void {
    this.#closing.abort();
  }
}
