/**
 * Tokens: proof of one tenure. The process part is random once, the rest counts, so a token costs no entropy and the
 * process of any token can be told.
 */
import { randomBytes } from 'node:crypto';

/** Issues the tokens of one instance. */
export class TokenSource {
  readonly processId: string;
  #issued = 0;

  constructor(processId: string = randomBytes(16).toString('base64url')) {
    this.processId = processId;
  }

  next(): string {
    this.#issued += 1;
    return `${this.processId}.${this.#issued.toString(36)}`;
  }
}
