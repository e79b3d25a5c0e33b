/**
 * Tokens: proof of one tenure. The process part is random once, the rest counts, so a token costs no entropy and the
 * process of any token can be told.
 */
import { randomBytes } from 'node:crypto';

/** Issues the tokens of one instance. */
export class TokenSource {
  readonly processId: string;
  readonly #suffix: string;
  #issued = 0;

  /** @param suffix what tells its tokens from those of another source of the process: nothing that is in a number */
  constructor(processId: string = randomBytes(16).toString('base64url'), suffix = '') {
    this.processId = processId;
    this.#suffix = suffix;
  }

  next(): string {
    this.#issued += 1;
    return `${this.processId}.${this.#issued.toString(36)}${this.#suffix}`;
  }
}
