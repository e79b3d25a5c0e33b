/** What is about no key: TIME and PUBLISH. */
import { toBytes } from '../bytes.js';
import type { CommandFamily } from './command.js';

export const server: CommandFamily = {
  TIME: {
    arity: 1,
    run: (_args, { timeUs }) => [
      toBytes(String(Math.floor(timeUs / 1_000_000))),
      toBytes(String(timeUs % 1_000_000)),
    ],
  },
  PUBLISH: { arity: 3, run: (args, { publish }) => publish(args.text(), args.text()) },
};
