/** `embedded()`: locks without a Redis, in one process. */
import { systemClock, type Clock, type HostProvider } from '@holdfast/core';
import { controlsOf, type EmbeddedControls } from './controls.js';
import { EmbeddedConnection } from './embedded-connection.js';
import { EmbeddedServer } from './embedded-server.js';
import type { Defer } from './outbox.js';

/** How an embedded server runs. */
export interface EmbeddedOptions {
  /**
   * The only time of the server and of every instance on it, such as a `SettableClock`. With a clock of your own,
   * replies arrive in microtasks, so that moving the clock is all it takes.
   * @defaultValue the machine's clock
   */
  readonly clock?: Clock;
}

/** A server in memory: pass it as `connection`. Instances that are given the same value share keys and messages. */
export interface EmbeddedProvider extends HostProvider {
  /** For tests. */
  readonly controls: EmbeddedControls;
}

const IN_PRODUCTION =
  'embedded() keeps locks in the memory of this process, and no other process sees them: ' +
  'with more than one replica give `connection` a Redis';

/**
 * Makes a server that lives in this process and executes the very scripts that Redis would execute. Its keys live as
 * long as somebody refers to the returned value; nothing of it keeps the process alive.
 * @example `createHoldfast({ connection: embedded(), namespace: 'shop' })`
 */
export function embedded(options: EmbeddedOptions = {}): EmbeddedProvider {
  const clock = options.clock ?? systemClock;
  const server = new EmbeddedServer(clock);
  const connections = new Set<EmbeddedConnection>();
  // On real time each reply lets the event loop turn, or a loop of calls would starve every timer of the process.
  const defer: Defer = clock === systemClock ? (step) => setImmediate(step) : queueMicrotask;
  let warned = false;
  return {
    holdfastHost: 1,
    controls: controlsOf(server, () => [...connections]),
    open: async (context) => {
      if (process.env['NODE_ENV'] === 'production' && !warned) {
        warned = true;
        context.report('warn', IN_PRODUCTION);
      }
      const vm = await server.vm();
      const onClose = (): void => void connections.delete(connection);
      const connection = new EmbeddedConnection({ server, vm, context, defer, onClose });
      connections.add(connection);
      return connection;
    },
  };
}
