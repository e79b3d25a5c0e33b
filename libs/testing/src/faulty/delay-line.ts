/** Hands things over in the order in which they came, each after its own delay and never before the one ahead. */
import type { Clock } from '@holdfast/core';

interface Parcel {
  readonly dueAt: number;
  readonly hand: () => void;
}

export class DelayLine {
  readonly #clock: Clock;
  readonly #parcels: Parcel[] = [];
  #armed = false;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Without a delay, and with nobody ahead, it is handed over at once. */
  add(delayMs: number, hand: () => void): void {
    if (delayMs === 0 && this.#parcels.length === 0) {
      hand();
      return;
    }
    this.#parcels.push({ dueAt: this.#clock.now() + delayMs, hand });
    this.#arm();
  }

  #arm(): void {
    const [first] = this.#parcels;
    if (this.#armed || first === undefined) return;
    this.#armed = true;
    this.#clock.setTimer(first.dueAt - this.#clock.now(), () => this.#fire(), 'ref');
  }

  #fire(): void {
    this.#armed = false;
    while ((this.#parcels[0]?.dueAt ?? Infinity) <= this.#clock.now()) this.#parcels.shift()?.hand();
    this.#arm();
  }
}
