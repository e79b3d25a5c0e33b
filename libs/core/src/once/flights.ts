/** Lets callers of one process who want the same thing at the same time share one way to it. */

/** Something under way, and whether the caller began it. */
export interface Flight<T> {
  readonly leads: boolean;
  readonly landing: Promise<T>;
}

export class Flights<T> {
  readonly #underWay = new Map<string, Promise<T>>();

  /** What is under way to this, or what `begin` begins. */
  join(destination: string, begin: () => Promise<T>): Flight<T> {
    const known = this.#underWay.get(destination);
    if (known !== undefined) return { leads: false, landing: known };
    const landing = begin();
    this.#underWay.set(destination, landing);
    const over = (): void => void this.#underWay.delete(destination);
    landing.then(over, over);
    return { leads: true, landing };
  }
}
