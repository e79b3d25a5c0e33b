/** Everybody of this process who stands in line for one name, and the tenure of it that this process has. */
import { NOTHING_KNOWN, type Standing } from './acquisition-parts.js';
import type { Acquisition } from './acquisition.js';
import type { Tenure } from './tenure.js';

export class Line {
  tenure: Tenure | undefined = undefined;
  /** What the last front found out. */
  known: Standing = NOTHING_KNOWN;
  #front: Acquisition | undefined = undefined;
  #back: Acquisition | undefined = undefined;

  get front(): Acquisition | undefined {
    return this.#front;
  }

  push(acquisition: Acquisition): void {
    acquisition.ahead = this.#back;
    if (this.#back === undefined) this.#front = acquisition;
    else this.#back.behind = acquisition;
    this.#back = acquisition;
  }

  remove(acquisition: Acquisition): void {
    const { ahead, behind } = acquisition;
    if (ahead === undefined) this.#front = behind;
    else ahead.behind = behind;
    if (behind === undefined) this.#back = ahead;
    else behind.ahead = ahead;
  }

  *[Symbol.iterator](): Generator<Acquisition> {
    for (let one = this.#front; one !== undefined; one = one.behind) yield one;
  }
}
