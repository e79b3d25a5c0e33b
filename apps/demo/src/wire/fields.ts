/** Reads values that come from outside (HTTP, IPC, files) field by field, so that everything behind has real types. */

/** A value from outside is not what was agreed. The message names what it is, the field and the rule. */
export class FormatError extends Error {
  override readonly name = 'FormatError';
}

export class Fields {
  readonly #record: Readonly<Record<string, unknown>>;
  readonly #what: string;

  /** @throws FormatError if `value` is not an object */
  constructor(value: unknown, what: string) {
    if (!isRecord(value)) throw new FormatError(`${what} must be an object`);
    this.#record = value;
    this.#what = what;
  }

  /** @throws FormatError if `json` is not the text of an object */
  static parse(json: string, what: string): Fields {
    let value: unknown;
    try {
      value = JSON.parse(json);
    } catch {
      throw new FormatError(`${what} must be JSON`);
    }
    return new Fields(value, what);
  }

  text(field: string): string {
    const value = this.#record[field];
    if (typeof value !== 'string' || value === '') throw this.#wrong(field, 'a text that is not empty');
    return value;
  }

  whole(field: string): number {
    const value = this.#record[field];
    if (!isWhole(value)) throw this.#wrong(field, 'a whole number');
    return value;
  }

  wholeOrNull(field: string): number | null {
    const value = this.#record[field];
    if (value !== null && !isWhole(value)) throw this.#wrong(field, 'a whole number or null');
    return value;
  }

  wholes(field: string): number[] {
    const value = this.#record[field];
    if (!Array.isArray(value) || !value.every(isWhole)) throw this.#wrong(field, 'a list of whole numbers');
    return value;
  }

  oneOf<T extends string>(field: string, allowed: readonly T[]): T {
    const found = allowed.find((each) => each === this.#record[field]);
    if (found === undefined) throw this.#wrong(field, `one of ${allowed.join(', ')}`);
    return found;
  }

  /** The objects of a list. */
  list(field: string): Fields[] {
    const value = this.#record[field];
    if (!Array.isArray(value)) throw this.#wrong(field, 'a list');
    return value.map((each: unknown, index) => new Fields(each, `${this.#what}.${field}[${index}]`));
  }

  #wrong(field: string, rule: string): FormatError {
    return new FormatError(`${this.#what}: ${field} must be ${rule}`);
  }
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isWhole(value: unknown): value is number {
  return Number.isSafeInteger(value);
}
