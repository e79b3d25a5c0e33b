/** Counts parts of latches and parties of barriers, and hears when all are there. */
import type { Arrival, Arrivals, LatchLook, LatchStore } from '../latch/latch-store.js';
import type { KeySpace } from './keys.js';
import { runScript } from './run-script.js';
import type { PushedMessage, ScriptHost, ScriptReply } from './script-host.js';
import { integer } from './script-reply.js';
import { latchArrive, latchLook, latchReset, latchWithdraw } from './scripts.generated.js';

const OPENED = 'open ';
/** Of a gate that stays open. */
const ALWAYS = -1;

export class RedisLatchStore implements LatchStore {
  readonly #host: ScriptHost;
  readonly #keys: KeySpace;
  readonly #listeners: ((identity: string) => void)[] = [];

  constructor(host: ScriptHost, keys: KeySpace) {
    this.#host = host;
    this.#keys = keys;
  }

  onWake(woken: (identity: string) => void): void {
    this.#listeners.push(woken);
  }

  /** What was pushed to this process, of which others may be meant. */
  deliver({ payload }: PushedMessage): void {
    if (!payload.startsWith(OPENED)) return;
    const identity = this.#keys.identityOfWaiting(payload.slice(OPENED.length));
    if (identity !== undefined) for (const listener of this.#listeners) listener(identity);
  }

  async arrive({ identity, part, parties, again, keptMs }: Arrival): Promise<Arrivals> {
    const args = { part, parties, again: again ? 1 : 0, keptMs };
    const { reply } = await runScript(this.#host, latchArrive, { keys: this.#keys.latch(identity), args });
    return asArrivals(reply);
  }

  async look({ identity, parties, since = ALWAYS, waiting }: LatchLook): Promise<Arrivals> {
    const { processId = '', aliveMs = 0 } = waiting ?? {};
    const args = { parties, since, processId, aliveMs };
    const { reply } = await runScript(this.#host, latchLook, { keys: this.#keys.latch(identity), args });
    return asArrivals(reply);
  }

  async withdraw(identity: string, part: string, since: number): Promise<boolean> {
    const { arrived, passed } = this.#keys.latch(identity);
    const input = { keys: { arrived, passed }, args: { part, since } };
    const { reply } = await runScript(this.#host, latchWithdraw, input);
    return reply[0] === 1;
  }

  async reset(identity: string): Promise<void> {
    const { arrived } = this.#keys.latch(identity);
    await runScript(this.#host, latchReset, { keys: { arrived }, args: {} });
  }
}

function asArrivals([open, arrived, passed]: ScriptReply): Arrivals {
  return { open: open === 1, arrived: integer(arrived), passed: integer(passed) };
}
