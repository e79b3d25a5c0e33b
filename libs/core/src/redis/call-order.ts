/**
 * Keeps calls in the order in which they were made, also when the server forgot a script and some have to be sent a second
 * time: what was not written yet waits until everything that was written is answered, and so goes behind the repetitions.
 */
export class CallOrder {
  /** Calls are answered in the order in which they were written. */
  #written = 0;
  #answered = 0;
  #holdUntil = 0;
  readonly #heldBack: (() => void)[] = [];

  /** Whether a new call has to wait. */
  get holds(): boolean {
    return this.#answered < this.#holdUntil;
  }

  holdBack(send: () => void): void {
    this.#heldBack.push(send);
  }

  /** A call is written; returns its number. */
  written(): number {
    this.#written += 1;
    return this.#written;
  }

  /** A call is about to be sent again. */
  repeated(): void {
    this.#holdUntil = this.#written;
  }

  answered(number: number): void {
    this.#answered = Math.max(this.#answered, number);
    if (this.holds || this.#heldBack.length === 0) return;
    for (const send of this.#heldBack.splice(0)) send();
  }
}
