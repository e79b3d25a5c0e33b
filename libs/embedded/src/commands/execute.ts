/** Finds a command and runs it; whatever goes wrong is an error reply, never an exception. */
import { joined, type Bytes } from '../bytes.js';
import { ErrorReply, type Reply } from '../reply.js';
import { Arguments } from './arguments.js';
import { CommandFault } from '../command-fault.js';
import type { Command, CommandFamily, Surroundings } from './command.js';
import { hashes } from './hashes.js';
import { keys } from './keys.js';
import { server } from './server.js';
import { sortedSets } from './sorted-sets.js';
import { streams } from './streams.js';
import { strings } from './strings.js';

const families: readonly CommandFamily[] = [strings, keys, hashes, sortedSets, streams, server];
const commands: ReadonlyMap<string, Command> = new Map(families.flatMap((family) => Object.entries(family)));

/** Runs the command that these words spell. */
export function execute(words: readonly Bytes[], surroundings: Surroundings): Reply {
  const [name = '', ...args] = words;
  const command = commands.get(name.toUpperCase());
  if (command === undefined) return errorReply(`ERR the embedded host has no command ${name}`);
  if (!suits(command, words.length)) {
    return errorReply('ERR Wrong number of args calling Redis command from script');
  }
  try {
    return command.run(new Arguments(args), surroundings);
  } catch (error) {
    if (error instanceof CommandFault) return errorReply(error.message);
    return errorReply(`ERR the embedded host failed in ${name}: ${String(error)}`);
  }
}

function suits({ arity }: Command, words: number): boolean {
  return arity < 0 ? words >= -arity : words === arity;
}

function errorReply(message: string): ErrorReply {
  return new ErrorReply(joined(message));
}
