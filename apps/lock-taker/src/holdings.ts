/** What the process holds or asks for, by the id of the command that began it. */
import type { Lease } from '@holdfast/core';
import { failureOf, tell, type Command } from './wire.js';

export class Holding {
  readonly abort = new AbortController();
  readonly finished: Promise<Command>;
  readonly #id: string;
  #lease: Lease | undefined;
  #finish: (how: Command) => void = () => undefined;

  constructor(id: string) {
    this.#id = id;
    this.finished = new Promise((resolve) => (this.#finish = resolve));
  }

  get lease(): Lease {
    if (this.#lease === undefined) throw new Error(`nothing was granted under the id ${this.#id}`);
    return this.#lease;
  }

  /** Tells the grant, and the loss when there is one. */
  granted(lease: Lease, details: Readonly<Record<string, unknown>> = {}): void {
    this.#lease = lease;
    const id = this.#id;
    lease.signal.addEventListener('abort', () => tell('lost', { id, ...failureOf(lease.signal.reason) }), {
      once: true,
    });
    tell('granted', { id, fence: lease.fence, remainingMs: lease.remainingMs, ...details });
  }

  finish(how: Command): void {
    this.#finish(how);
  }
}

export class Holdings {
  readonly #byId = new Map<string, Holding>();

  open(id: string): Holding {
    const holding = new Holding(id);
    this.#byId.set(id, holding);
    return holding;
  }

  of(id: string): Holding {
    const holding = this.#byId.get(id);
    if (holding === undefined) throw new Error(`nothing was started under the id ${id}`);
    return holding;
  }

  leaseOf(id: string): Lease {
    return this.of(id).lease;
  }
}
