/** Remembers what came of what is done once, beside its lock. */
import type { OnceStore } from '../once/once-store.js';
import type { KeySpace } from './keys.js';
import { runScript } from './run-script.js';
import type { ScriptHost } from './script-host.js';
import { text } from './script-reply.js';
import { onceForget, onceRead, onceSave } from './scripts.generated.js';

export class RedisOnceStore implements OnceStore {
  readonly #host: ScriptHost;
  readonly #keys: KeySpace;

  constructor(host: ScriptHost, keys: KeySpace) {
    this.#host = host;
    this.#keys = keys;
  }

  async read(identity: string): Promise<string | undefined> {
    const keys = { outcome: this.#keys.outcome(identity) };
    const { reply } = await runScript(this.#host, onceRead, { keys, args: {} });
    return reply[0] === 1 ? text(reply[1]) : undefined;
  }

  async save({ identity, ...args }: Parameters<OnceStore['save']>[0]): Promise<boolean> {
    const keys = { lock: this.#keys.lock(identity), outcome: this.#keys.outcome(identity) };
    const { reply } = await runScript(this.#host, onceSave, { keys, args });
    return reply[0] === 1;
  }

  async forget(identity: string): Promise<boolean> {
    const keys = { outcome: this.#keys.outcome(identity) };
    const { reply } = await runScript(this.#host, onceForget, { keys, args: {} });
    return reply[0] === 1;
  }
}
