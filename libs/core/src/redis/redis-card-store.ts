/** Keeps the cards that say who stands behind a process id. */
import type { CardStore, ListedCard } from '../lease/card-store.js';
import type { KeySpace } from './keys.js';
import { runScript } from './run-script.js';
import type { ScriptHost } from './script-host.js';
import { integer, text } from './script-reply.js';
import { holderAnnounce, holderList, holderLookup, holderWithdraw } from './scripts.generated.js';

/** Entries of a process in the reply of `holder/list`. */
const CARD_WIDTH = 3;

export class RedisCardStore implements CardStore {
  readonly #host: ScriptHost;
  readonly #keys: KeySpace;

  constructor(host: ScriptHost, keys: KeySpace) {
    this.#host = host;
    this.#keys = keys;
  }

  async announce(processId: string, details: string, keptMs: number): Promise<void> {
    const args = { process: processId, details, keptMs };
    await runScript(this.#host, holderAnnounce, { keys: this.#keys.processes(), args });
  }

  async withdraw(processId: string): Promise<void> {
    const args = { process: processId };
    await runScript(this.#host, holderWithdraw, { keys: this.#keys.processes(), args });
  }

  async lookUp(processId: string): Promise<string | undefined> {
    const { cards } = this.#keys.processes();
    const { reply } = await runScript(this.#host, holderLookup, {
      keys: { cards },
      args: { process: processId },
    });
    const [, details] = reply;
    return typeof details === 'string' ? details : undefined;
  }

  async list(most: number): Promise<readonly ListedCard[]> {
    const { reply } = await runScript(this.#host, holderList, {
      keys: this.#keys.processes(),
      args: { most },
    });
    const cards: ListedCard[] = [];
    for (let at = 0; at < reply.length; at += CARD_WIDTH) {
      const [processId, silentMs, details] = reply.slice(at, at + CARD_WIDTH);
      cards.push({
        processId: text(processId),
        silentMs: integer(silentMs),
        details: text(details),
      });
    }
    return cards.toReversed();
  }
}
