/**
 * Tokens: proof of one tenure. The process part is random once, the rest counts, so a token costs no entropy and the
 * process of any token can be told. 128 random bits make 22 signs; the scripts rely on that length.
 */
import { randomBytes } from 'node:crypto';

const PROCESS_ID_LENGTH = 22;

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

/** Which process a token is of; `undefined` for the marker that `holdAtLeast` leaves and for keys that others wrote. */
export function processOf(token: string): string | undefined {
  return token[PROCESS_ID_LENGTH] === '.' ? token.slice(0, PROCESS_ID_LENGTH) : undefined;
}
