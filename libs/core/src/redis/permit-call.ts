import type { AcquireRequest } from '../lease/lease-store.js';
import type { PermitKeys } from './keys.js';
import type { ScriptCall } from './script-host.js';
import { semaphoreTake } from './scripts.generated.js';

const NOT_QUEUEING = -1;
const NOBODYS_TOKEN = '';

/** One request for permits. One that was given up since must not take any behind its own clean-up, so it asks for nobody. */
export class PermitCall implements ScriptCall {
  readonly forReplicas = true;
  readonly script = semaphoreTake;
  readonly keys: readonly string[];
  readonly #request: AcquireRequest;
  readonly #byGrant: boolean;

  /** @param byGrant whether free permits may be pushed to a waiter, or only the news that there are some */
  constructor(request: AcquireRequest, keys: PermitKeys, byGrant: boolean) {
    this.#request = request;
    this.#byGrant = byGrant;
    this.keys = semaphoreTake.keys.map((key) => keys[key]);
  }

  get args(): readonly (string | number)[] {
    const { token, ttlMs, queueing, grantMs, share } = this.#request;
    const idleMs = queueing ? (this.#byGrant ? grantMs : 0) : NOT_QUEUEING;
    const { permits = 1, of = 1 } = share ?? {};
    return [this.#request.stillWanted() ? token : NOBODYS_TOKEN, ttlMs, idleMs, permits, of];
  }
}
