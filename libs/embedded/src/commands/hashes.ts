/** HSET, HGET and HDEL. */
import type { Bytes } from '../bytes.js';
import { CommandFault } from '../command-fault.js';
import type { CommandFamily } from './command.js';

export const hashes: CommandFamily = {
  HSET: {
    arity: -4,
    run: (args, { keyspace }) => {
      if (args.left % 2 === 0) throw new CommandFault("ERR wrong number of arguments for 'hset' command");
      const key = args.text();
      const there = keyspace.read(key, 'hash');
      const fields = there?.fields ?? new Map<Bytes, Bytes>();
      if (there === undefined) keyspace.write(key, { type: 'hash', fields });
      const before = fields.size;
      while (args.left > 0) fields.set(args.text(), args.text());
      return fields.size - before;
    },
  },
  HGET: {
    arity: 3,
    run: (args, { keyspace }) => keyspace.read(args.text(), 'hash')?.fields.get(args.text()) ?? null,
  },
  HDEL: {
    arity: -3,
    run: (args, { keyspace }) => {
      const key = args.text();
      const fields = keyspace.read(key, 'hash')?.fields;
      if (fields === undefined) return 0;
      const removed = args.rest().filter((field) => fields.delete(field)).length;
      if (fields.size === 0) keyspace.delete(key);
      return removed;
    },
  },
};
