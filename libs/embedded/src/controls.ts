/** The handles of a test on an embedded server: seed it, look at it, make its connections fail. */
import { createHash } from 'node:crypto';
import { toBytes, toText } from './bytes.js';
import type { EmbeddedConnection } from './embedded-connection.js';
import type { EmbeddedServer } from './embedded-server.js';
import { dumpOf, type DumpedKey } from './keyspace/dump.js';
import { ErrorReply, toAnswer, type Answer, type Reply } from './reply.js';

/** One connection, which is one `open()`: one Holdfast instance. */
export interface ConnectionControls {
  /** Namespace of the instance that opened it. */
  readonly namespace: string;
  /** Starts at 1; raised by each {@link reconnect}. */
  readonly epoch: number;
  readonly state: 'connected' | 'frozen' | 'disconnected' | 'closed';
  /** Makes the server silent to it: calls wait unexecuted, replies and messages stay on the way. */
  freeze(): void;
  /** Ends {@link freeze}: what was on the way arrives, then the calls are executed in their order. */
  thaw(): void;
  /**
   * Cuts it off without a release. Open calls are rejected as `disconnected` and ambiguous, messages on the way are
   * lost, its subscriptions are gone, new calls are rejected at once. Leases stay in the keyspace and expire.
   */
  disconnect(): void;
  /** Connects it again with the next epoch and its subscriptions. Safe when it is connected. */
  reconnect(): void;
}

/** A script to run outside any instance. */
export interface Evaluation {
  readonly source: string;
  readonly keys?: readonly string[];
  readonly args?: readonly (string | number)[];
}

/** What tests can do to a server that only lives in memory. Nothing of it exists for a real Redis. */
export interface EmbeddedControls {
  /** The connections that are not closed, oldest first. */
  readonly connections: readonly ConnectionControls[];
  /** Runs one command of Redis, for seeding. @throws Error with the text of an error reply */
  command(name: string, ...args: readonly (string | number)[]): Answer;
  /** Runs a script as EVAL would. @throws Error with the text of an error reply */
  evaluate(script: Evaluation): Promise<Answer>;
  /** Everything that is kept, by key. */
  dump(): Readonly<Record<string, DumpedKey>>;
  /** Deletes all keys, as somebody's FLUSHALL would. Connections stay. */
  flushAll(): void;
  /** Another start of the server, with all its data: connections are cut off, and connected again with the next epoch. */
  restart(): void;
}

/** The controls of a server. `connections` is read at each look. */
export function controlsOf(
  server: EmbeddedServer,
  connections: () => EmbeddedConnection[],
): EmbeddedControls {
  const ask = (work: () => Reply): Answer => {
    let told: Reply = null;
    server.transact(work, (reply) => (told = reply));
    return answerOf(told);
  };
  return {
    get connections() {
      return connections();
    },
    command: (name, ...args) =>
      ask(() => server.execute([name, ...args].map((word) => toBytes(String(word))))),
    evaluate: async ({ source, keys = [], args = [] }) => {
      const vm = await server.vm();
      const sha1 = createHash('sha1').update(source).digest('hex');
      const words = { keys: keys.map(toBytes), args: args.map((arg) => toBytes(String(arg))) };
      return ask(() => vm.run({ source, sha1, ...words }));
    },
    dump: () => {
      server.observe();
      return dumpOf(server.keyspace);
    },
    flushAll: () => server.keyspace.clear(),
    restart: () => {
      const cut = connections().filter(({ state }) => state === 'connected' || state === 'frozen');
      for (const connection of cut) connection.disconnect();
      server.restart();
      for (const connection of cut) connection.reconnect();
    },
  };
}

function answerOf(reply: Reply): Answer {
  if (reply instanceof ErrorReply) throw new Error(toText(reply.message));
  return toAnswer(reply);
}
