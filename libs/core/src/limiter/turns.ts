/** Lets those who wait for the same thing go one after the other, in the order in which they came. */

export class Turns {
  readonly #last = new Map<string, Promise<void>>();

  /** How many things somebody waits for, for tests. */
  get size(): number {
    return this.#last.size;
  }

  /** Runs `act` when those who came before are through, however they ended. */
  async inTurn<T>(thing: string, act: () => Promise<T>): Promise<T> {
    const before = this.#last.get(thing);
    const own = before === undefined ? act() : before.then(act);
    const through = own.then(nothing, nothing);
    this.#last.set(thing, through);
    try {
      return await own;
    } finally {
      if (this.#last.get(thing) === through) this.#last.delete(thing);
    }
  }
}

const nothing = (): void => undefined;
