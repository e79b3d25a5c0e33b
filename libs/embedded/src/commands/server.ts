/** What is about no key: TIME, PUBLISH, and of INFO what scripts ask for. */
import { toBytes } from '../bytes.js';
import { CommandFault } from '../command-fault.js';
import type { CommandFamily } from './command.js';

export const server: CommandFamily = {
  TIME: {
    arity: 1,
    run: (_args, { timeUs }) => [
      toBytes(String(Math.floor(timeUs / 1_000_000))),
      toBytes(String(timeUs % 1_000_000)),
    ],
  },
  INFO: {
    arity: 2,
    run: (args, { runId }) => {
      const section = args.text();
      if (section !== 'server') throw new CommandFault(`ERR the embedded host has no INFO ${section}`);
      return toBytes(`# Server\r\nrun_id:${runId}\r\n`);
    },
  },
  PUBLISH: { arity: 3, run: (args, { publish }) => publish(args.text(), args.text()) },
};
