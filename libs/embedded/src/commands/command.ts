/** What a command is. A family of commands is a file beside this one; a new command is an entry in its table. */
import type { Bytes } from '../bytes.js';
import type { Keyspace } from '../keyspace/keyspace.js';
import type { Reply } from '../reply.js';
import type { Arguments } from './arguments.js';

/** What a command may touch. Time stands still while a script runs, as it does in Redis. */
export interface Surroundings {
  readonly keyspace: Keyspace;
  /** Microseconds since 1970 by the server's clock. */
  readonly timeUs: number;
  /** Which start of the server this is. */
  readonly runId: string;
  /** Sends a message to everybody who listens, once the script is done; answers how many do. */
  publish(channel: Bytes, payload: Bytes): number;
}

/** One command of Redis. */
export interface Command {
  /** Its words, the name included: exactly so many, or at least so many when negative, as in the Redis manual. */
  readonly arity: number;
  run(args: Arguments, surroundings: Surroundings): Reply;
}

/** Commands by their names in capitals. */
export type CommandFamily = Readonly<Record<string, Command>>;
