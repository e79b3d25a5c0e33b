/** Those who want to hear of changes. Everybody hears all of them in one order, whoever throws or causes another one. */

export class Listeners<T> {
  readonly #all = new Set<(news: T) => void>();
  readonly #untold: T[] = [];
  readonly #failed: (error: unknown) => void;
  #telling = false;

  /** @param failed is told what a listener threw */
  constructor(failed: (error: unknown) => void) {
    this.#failed = failed;
  }

  /** Returns what ends it. */
  add(listener: (news: T) => void): () => void {
    // Around it, so that somebody may listen twice with one function.
    const one = (news: T): void => listener(news);
    this.#all.add(one);
    return () => void this.#all.delete(one);
  }

  tell(news: T): void {
    this.#untold.push(news);
    if (this.#telling) return;
    this.#telling = true;
    for (let next = this.#untold.shift(); next !== undefined; next = this.#untold.shift())
      this.#tellAll(next);
    this.#telling = false;
  }

  #tellAll(news: T): void {
    for (const listener of [...this.#all]) {
      if (!this.#all.has(listener)) continue;
      try {
        listener(news);
      } catch (error) {
        this.#failed(error);
      }
    }
  }
}
