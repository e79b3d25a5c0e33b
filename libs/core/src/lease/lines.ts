/**
 * What this process has to do with each name: a line of those who wait, or only the tenure of one who holds, for whom a
 * line would be memory for nothing.
 */
import { Line } from './line.js';
import type { Tenure } from './tenure.js';

export class Lines {
  readonly #places = new Map<string, Line | Tenure>();

  /** The line of a name, if somebody stands in it. */
  of(identity: string): Line | undefined {
    const place = this.#places.get(identity);
    return place instanceof Line ? place : undefined;
  }

  /** The tenure that this process has of a name. */
  tenureOf(identity: string): Tenure | undefined {
    const place = this.#places.get(identity);
    return place instanceof Line ? place.tenure : place;
  }

  /** The line of a name, for somebody who is about to stand in it. */
  open(identity: string): Line {
    const place = this.#places.get(identity);
    if (place instanceof Line) return place;
    const line = new Line();
    line.tenure = place;
    this.#places.set(identity, line);
    return line;
  }

  /** Says who holds now: a tenure, or nobody of this process. */
  hold(identity: string, tenure: Tenure | undefined): void {
    const line = this.of(identity);
    if (line !== undefined) line.tenure = tenure;
    else if (tenure === undefined) this.#places.delete(identity);
    else this.#places.set(identity, tenure);
  }

  /** To be called when somebody left `line`: an empty one goes. */
  tidy(identity: string, line: Line): void {
    if (line.front !== undefined) return;
    if (line.tenure === undefined) this.#places.delete(identity);
    else this.#places.set(identity, line.tenure);
  }

  *[Symbol.iterator](): Generator<Line> {
    for (const place of this.#places.values()) if (place instanceof Line) yield place;
  }
}
