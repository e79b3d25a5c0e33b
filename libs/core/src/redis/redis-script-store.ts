/** Executes scripts of the user's. */
import type { ScriptExecution, ScriptStore } from '../scripts/script-store.js';
import { hashSlot, hashTag } from './hash-slot.js';
import type { KeySpace } from './keys.js';
import type { ScriptHost, ScriptReply } from './script-host.js';

export class RedisScriptStore implements ScriptStore {
  readonly slotted: boolean;
  readonly #host: ScriptHost;
  readonly #keys: KeySpace;

  constructor(host: ScriptHost, keys: KeySpace) {
    this.slotted = host.oneNameACall === true;
    this.#host = host;
    this.#keys = keys;
  }

  keyOf(identity: string, part: string): string {
    return this.#keys.part(identity, part);
  }

  ownKey(name: string): string {
    return `${this.#host.keyPrefix ?? ''}${name}`;
  }

  slotOf(key: string): number {
    return hashSlot(hashTag(key));
  }

  async run({ name, version, source, keys, args }: ScriptExecution): Promise<ScriptReply> {
    const { reply } = await this.#host.run({ script: { name, sha1: version, source }, keys, args });
    return reply;
  }
}
