/** What happened, in one line each: the last lines for people to read, and a hash of all of them to compare replays. */

const KEPT = 60;
const FNV_PRIME = 0x01000193;

export class Trace {
  readonly #now: () => number;
  readonly #print: ((line: string) => void) | undefined;
  readonly #last: string[] = [];
  #hash = 0x811c9dc5;

  constructor(now: () => number, print?: (line: string) => void) {
    this.#now = now;
    this.#print = print;
  }

  add(who: string, what: string): void {
    const line = `${this.#now().toFixed(3).padStart(10)} ${who.padEnd(8)} ${what}`;
    this.#print?.(line);
    for (let at = 0; at < line.length; at += 1)
      this.#hash = Math.imul(this.#hash ^ line.charCodeAt(at), FNV_PRIME);
    this.#last.push(line);
    if (this.#last.length > 2 * KEPT) this.#last.splice(0, KEPT);
  }

  /** Said only when somebody reads along. */
  detail(who: string, what: () => string): void {
    this.#print?.(`${this.#now().toFixed(3).padStart(10)} ${who.padEnd(8)}   ${what()}`);
  }

  get hash(): string {
    return (this.#hash >>> 0).toString(16).padStart(8, '0');
  }

  get lastLines(): readonly string[] {
    return this.#last.slice(-KEPT);
  }
}
