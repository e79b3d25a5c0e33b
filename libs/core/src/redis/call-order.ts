/**
 * Keeps calls in the order in which they were made, also when the server forgot a script and some have to be sent a second
 * time: what was not written yet waits until everything that was written is answered, and so goes behind the repetitions.
 */
import type { CallProgress } from './silence-watch.js';

export class CallOrder implements CallProgress {
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

  get written(): number {
    return this.#written;
  }

  get answered(): number {
    return this.#answered;
  }

  /** A call is being written; returns its number. */
  next(): number {
    this.#written += 1;
    return this.#written;
  }

  /** A call is being written again; returns its new number. */
  again(): number {
    this.#holdUntil = this.#written;
    return this.next();
  }

  /** A call is being written that keeps the connection busy: new ones wait until it is over. Returns its number. */
  blocking(): number {
    this.#holdUntil = this.next();
    return this.#holdUntil;
  }

  /** The call of this number is answered, or will never be. */
  over(number: number): void {
    this.#answered = Math.max(this.#answered, number);
    if (this.holds || this.#heldBack.length === 0) return;
    for (const send of this.#heldBack.splice(0)) send();
  }
}
