/**
 * Reads the requests of a client out of a byte stream, whatever chunks it arrives in: `*2\r\n$3\r\nGET\r\n$1\r\na\r\n`.
 * Only arrays of bulk strings are understood, which is all that clients send, and the newlines of a replica that loads.
 */

const LINE_END = Buffer.from('\r\n');
const NEWLINE = 0x0a;

export class RespRequests {
  readonly #onRequest: (args: readonly string[]) => void;
  #rest: Buffer = Buffer.alloc(0);
  #missing = 0;
  #args: string[] = [];

  constructor(onRequest: (args: readonly string[]) => void) {
    this.#onRequest = onRequest;
  }

  push(chunk: Buffer): void {
    this.#rest = this.#rest.length === 0 ? chunk : Buffer.concat([this.#rest, chunk]);
    while (this.#readOne()) {
      if (this.#missing === 0) {
        this.#onRequest(this.#args);
        this.#args = [];
      }
    }
  }

  /** Reads one header or one bulk string; `false` when more bytes are needed. */
  #readOne(): boolean {
    while (this.#rest[0] === NEWLINE) this.#rest = this.#rest.subarray(1);
    const end = this.#rest.indexOf(LINE_END);
    if (end < 0) return false;
    const kind = this.#rest[0];
    const length = Number(this.#rest.toString('latin1', 1, end));
    if (kind === 0x2a) {
      this.#missing = length;
      this.#rest = this.#rest.subarray(end + 2);
      return true;
    }
    if (kind !== 0x24)
      throw new Error(`not a request of a Redis client: ${this.#rest.toString('latin1', 0, 40)}`);
    const bulkEnd = end + 2 + length;
    if (this.#rest.length < bulkEnd + 2) return false;
    this.#args.push(this.#rest.toString('utf8', end + 2, bulkEnd));
    this.#rest = this.#rest.subarray(bulkEnd + 2);
    this.#missing -= 1;
    return true;
  }
}
