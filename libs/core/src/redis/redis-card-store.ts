/** Keeps the cards that say who stands behind a process id. */
import type { CardStore } from '../lease/card-store.js';
import type { KeySpace } from './keys.js';
import { runScript } from './run-script.js';
import type { ScriptHost } from './script-host.js';
import { holderAnnounce, holderLookup, holderWithdraw } from './scripts.generated.js';

export class RedisCardStore implements CardStore {
  readonly #host: ScriptHost;
  readonly #keys: KeySpace;

  constructor(host: ScriptHost, keys: KeySpace) {
    this.#host = host;
    this.#keys = keys;
  }

  async announce(processId: string, details: string, ttlMs: number): Promise<void> {
    await runScript(this.#host, holderAnnounce, {
      keys: { card: this.#keys.card(processId) },
      args: { details, ttlMs },
    });
  }

  async withdraw(processId: string): Promise<void> {
    await runScript(this.#host, holderWithdraw, { keys: { card: this.#keys.card(processId) }, args: {} });
  }

  async lookUp(processId: string): Promise<string | undefined> {
    const { reply } = await runScript(this.#host, holderLookup, {
      keys: { card: this.#keys.card(processId) },
      args: {},
    });
    const [, details] = reply;
    return typeof details === 'string' ? details : undefined;
  }
}
