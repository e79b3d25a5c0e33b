/** Who in this process waits to be woken, by what they wait for. */

export class Wakes {
  readonly #waiting = new Map<string, Set<() => void>>();

  /** Lets those look who wait for it. */
  wake(identity: string): void {
    for (const look of this.#waiting.get(identity) ?? []) look();
  }

  /** Calls `look` whenever it may have opened, until the function that it gives back is called. */
  add(identity: string, look: () => void): () => void {
    const looks = this.#waiting.get(identity) ?? new Set();
    this.#waiting.set(identity, looks.add(look));
    return () => {
      looks.delete(look);
      if (looks.size === 0) this.#waiting.delete(identity);
    };
  }
}
