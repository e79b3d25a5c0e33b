/** Keeps the mark of a preferred candidate beside the line of its election. */
import type { PreferenceStore } from '../leader/preference-store.js';
import type { KeySpace } from './keys.js';
import { runScript } from './run-script.js';
import type { ScriptHost } from './script-host.js';
import { leaderClaim, leaderInspect } from './scripts.generated.js';

export class RedisPreferenceStore implements PreferenceStore {
  readonly #host: ScriptHost;
  readonly #keys: KeySpace;

  constructor(host: ScriptHost, keys: KeySpace) {
    this.#host = host;
    this.#keys = keys;
  }

  async claim(identity: string, processId: string, lastsMs: number): Promise<void> {
    const { queue } = this.#keys.lease(identity);
    const keys = { queue, preferred: this.#keys.preferred(identity) };
    await runScript(this.#host, leaderClaim, { keys, args: { processId, lastsMs } });
  }

  async inspect(identity: string): Promise<boolean> {
    const { lock, queue } = this.#keys.lease(identity);
    const keys = { lock, queue, preferred: this.#keys.preferred(identity) };
    const { reply } = await runScript(this.#host, leaderInspect, { keys, args: {} });
    return reply[0] === 1;
  }
}
