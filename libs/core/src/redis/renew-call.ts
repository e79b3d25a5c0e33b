import type { RenewMember } from '../lease/lease-store.js';
import type { KeySpace } from './keys.js';
import { bulk, bulkHeader } from './resp.js';
import type { ScriptCall, SpelledCall } from './script-host.js';
import { leaseRenew } from './scripts.generated.js';

/** Renewals in one call of `lease/renew`. */
export class RenewCall implements ScriptCall {
  /** It compares a token, and no release of it is sent before it is answered. */
  readonly inAnyOrder = true;
  readonly forReplicas = true;
  readonly script = leaseRenew;
  readonly #members: readonly RenewMember[];
  readonly #keys: KeySpace;

  constructor(members: readonly RenewMember[], keys: KeySpace) {
    this.#members = members;
    this.#keys = keys;
  }

  get keys(): readonly string[] {
    return this.#members.map(({ identity }) => this.#keys.lock(identity));
  }

  get args(): readonly (string | number)[] {
    return this.#members.flatMap(({ token, ttlMs }) => [token, ttlMs]);
  }

  /** The same; a ttl that many have is spelled once. */
  spell(): SpelledCall {
    const pieces: string[] = [];
    for (const { identity } of this.#members) this.#keys.spellLock(identity, pieces);
    let told: number | undefined;
    let toldAs = '';
    for (const { token, ttlMs } of this.#members) {
      if (ttlMs !== told) toldAs = `\r\n${bulk(ttlMs)}`;
      told = ttlMs;
      pieces.push(bulkHeader(token), token, toldAs);
    }
    const count = this.#members.length;
    return { keyCount: count, argCount: 2 * count, bulks: pieces.join('') };
  }
}
