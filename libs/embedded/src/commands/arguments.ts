/** Reads the words of a command from left to right, with the error texts of Redis. */
import type { Bytes } from '../bytes.js';
import { CommandFault, SYNTAX_ERROR } from '../command-fault.js';
import { exactInteger, parseInteger, parseScore } from './numbers.js';

const NOT_INTEGER = 'ERR value is not an integer or out of range';

/** The words behind a command's name. */
export class Arguments {
  readonly #words: readonly Bytes[];
  #next = 0;

  constructor(words: readonly Bytes[]) {
    this.#words = words;
  }

  /** How many words have not been read. */
  get left(): number {
    return this.#words.length - this.#next;
  }

  /** The next word. @throws CommandFault if there is none */
  text(): Bytes {
    const word = this.#words[this.#next];
    if (word === undefined) throw new CommandFault(SYNTAX_ERROR);
    this.#next += 1;
    return word;
  }

  /** The next word in capitals, without reading it. */
  peek(): string | undefined {
    return this.#words[this.#next]?.toUpperCase();
  }

  /** All words that are left. */
  rest(): readonly Bytes[] {
    const rest = this.#words.slice(this.#next);
    this.#next = this.#words.length;
    return rest;
  }

  /** The next word as a whole number. @throws CommandFault */
  integer(): number {
    const value = parseInteger(this.text());
    if (value === undefined) throw new CommandFault(NOT_INTEGER);
    return value;
  }

  /** The same to the last digit. @throws CommandFault */
  exactInteger(): bigint {
    const value = exactInteger(this.text());
    if (value === undefined) throw new CommandFault(NOT_INTEGER);
    return value;
  }

  /** The next word as the score of a sorted set. @throws CommandFault */
  score(): number {
    const value = parseScore(this.text());
    if (value === undefined) throw new CommandFault('ERR value is not a valid float');
    return value;
  }
}
