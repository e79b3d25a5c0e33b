/** What works on a key of any type: DEL, EXISTS, PEXPIRE, PTTL, TYPE. */
import { toBytes, type Bytes } from '../bytes.js';
import { Status } from '../reply.js';
import { Arguments } from './arguments.js';
import { CommandFault } from '../command-fault.js';
import type { CommandFamily } from './command.js';

export const keys: CommandFamily = {
  DEL: { arity: -2, run: (args, { keyspace }) => args.rest().filter((key) => keyspace.delete(key)).length },
  EXISTS: {
    arity: -2,
    run: (args, { keyspace }) => args.rest().filter((key) => keyspace.peek(key) !== undefined).length,
  },
  PEXPIRE: {
    arity: -3,
    run: (args, { keyspace }) => {
      const key = args.text();
      const ttl = args.text();
      if (args.left > 0) throw refused(args.text());
      const ttlMs = new Arguments([ttl]).integer();
      if (!keyspace.canExpireIn(ttlMs))
        throw new CommandFault("ERR invalid expire time in 'pexpire' command");
      if (keyspace.peek(key) === undefined) return 0;
      if (ttlMs > 0) keyspace.expireIn(key, ttlMs);
      else keyspace.delete(key);
      return 1;
    },
  },
  PTTL: { arity: 2, run: (args, { keyspace }) => keyspace.ttlOf(args.text()) },
  TYPE: {
    arity: 2,
    run: (args, { keyspace }) => new Status(toBytes(keyspace.peek(args.text())?.type ?? 'none')),
  },
};

const PEXPIRE_LACKS: ReadonlySet<string> = new Set(['NX', 'XX', 'GT', 'LT']);

function refused(option: Bytes): CommandFault {
  const name = option.toUpperCase();
  if (PEXPIRE_LACKS.has(name))
    return new CommandFault(`ERR the embedded host has no option ${name} of PEXPIRE`);
  return new CommandFault(`ERR Unsupported option ${option}`);
}
