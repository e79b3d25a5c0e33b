/** What a connection still has to hand over, one thing at a time and in order, never in the tick that produced it. */

/** A reply or a message. */
export interface Delivery {
  deliver(): void;
  /** Called instead when the connection goes away first. */
  drop(): void;
}

/** Runs a function soon: `queueMicrotask`, or `setImmediate` to let the event loop breathe. */
export type Defer = (step: () => void) => void;

export class Outbox {
  readonly #defer: Defer;
  #waiting: Delivery[] = [];
  #scheduled = false;
  #paused = false;
  #whenEmpty: (() => void)[] = [];

  constructor(defer: Defer) {
    this.#defer = defer;
  }

  add(delivery: Delivery): void {
    this.#waiting.push(delivery);
    this.#schedule();
  }

  pause(): void {
    this.#paused = true;
  }

  resume(): void {
    this.#paused = false;
    this.#schedule();
  }

  /** Drops everything that has not been handed over. */
  drop(): void {
    for (const delivery of this.#waiting.splice(0)) delivery.drop();
    this.#tellEmpty();
  }

  /** Resolves when nothing is left to hand over. */
  async drained(): Promise<void> {
    if (this.#waiting.length === 0) return;
    await new Promise<void>((resolve) => this.#whenEmpty.push(resolve));
  }

  // The next step is scheduled only after this one was taken: whoever awaits a reply goes on before the push behind it.
  #schedule(): void {
    if (this.#scheduled || this.#paused || this.#waiting.length === 0) return;
    this.#scheduled = true;
    this.#defer(() => {
      this.#scheduled = false;
      if (this.#paused) return;
      this.#waiting.shift()?.deliver();
      this.#schedule();
      this.#tellEmpty();
    });
  }

  #tellEmpty(): void {
    if (this.#waiting.length === 0) for (const tell of this.#whenEmpty.splice(0)) tell();
  }
}
