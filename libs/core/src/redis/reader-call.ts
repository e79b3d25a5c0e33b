import type { AcquireRequest } from '../lease/lease-store.js';
import type { ReaderKeys } from './keys.js';
import type { ScriptCall } from './script-host.js';
import { readerEnter } from './scripts.generated.js';

const NOBODYS_TOKEN = '';

/** One request to read. One that was given up since must not take a lock behind its own clean-up, so it asks for nobody. */
export class ReaderCall implements ScriptCall {
  readonly forReplicas = true;
  readonly script = readerEnter;
  readonly keys: readonly string[];
  readonly #request: AcquireRequest;

  constructor(request: AcquireRequest, keys: ReaderKeys) {
    this.#request = request;
    this.keys = readerEnter.keys.map((key) => keys[key]);
  }

  get args(): readonly (string | number)[] {
    const { token, ttlMs, queueing } = this.#request;
    return [this.#request.stillWanted() ? token : NOBODYS_TOKEN, ttlMs, queueing ? 1 : 0];
  }
}
