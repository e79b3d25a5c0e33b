/**
 * Learns under which key the library keeps a lock, by looking at what it asks the server when a lock is inspected:
 * the layout of keys is core's, and nothing else may spell one.
 */
import type { HostContext, HostProvider, ScriptHost } from '@holdfast/core';

export class KeyReader implements HostProvider {
  readonly holdfastHost = 1;
  readonly #provider: HostProvider;
  #lockKey: string | undefined;

  constructor(provider: HostProvider) {
    this.#provider = provider;
  }

  /** The key of the lock that was inspected last. */
  get lockKey(): string | undefined {
    return this.#lockKey;
  }

  async open(context: HostContext): Promise<ScriptHost> {
    const host = await this.#provider.open(context);
    return {
      clock: host.clock,
      label: host.label,
      run: (call) => {
        if (call.script.name === 'lease/inspect') this.#lockKey = call.keys.find(isLockKey);
        return host.run(call);
      },
      subscribe: (channel, listener) => host.subscribe(channel, listener),
      close: (withinMs) => host.close(withinMs),
    };
  }
}

function isLockKey(key: string): boolean {
  return key.endsWith(':lock');
}
