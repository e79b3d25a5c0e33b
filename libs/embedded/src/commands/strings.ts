/** SET, GET and MGET. */
import { toBytes, type Bytes } from '../bytes.js';
import { Status, type Reply } from '../reply.js';
import type { Keyspace } from '../keyspace/keyspace.js';
import { parseInteger } from './numbers.js';
import { CommandFault, SYNTAX_ERROR } from '../command-fault.js';
import type { CommandFamily } from './command.js';
import type { Arguments } from './arguments.js';

const OK = new Status(toBytes('OK'));

interface SetOptions {
  /** Set only if the key does not exist (NX), or only if it does (XX). */
  readonly when: 'NX' | 'XX' | undefined;
  readonly replyOld: boolean;
  readonly keepTtl: boolean;
  readonly ttlMs: number | undefined;
}

export const strings: CommandFamily = {
  SET: {
    arity: -3,
    run: (args, { keyspace }) => {
      const key = args.text();
      const value = args.text();
      return set(keyspace, { key, value }, setOptions(args, keyspace));
    },
  },
  GET: { arity: 2, run: (args, { keyspace }) => keyspace.read(args.text(), 'string')?.text ?? null },
  MGET: {
    arity: -2,
    run: (args, { keyspace }) =>
      args.rest().map((key) => {
        const value = keyspace.peek(key);
        return value?.type === 'string' ? value.text : null;
      }),
  },
};

function set(keyspace: Keyspace, pair: { key: Bytes; value: Bytes }, options: SetOptions): Reply {
  const { key, value } = pair;
  const old = options.replyOld ? (keyspace.read(key, 'string')?.text ?? null) : null;
  const exists = keyspace.peek(key) !== undefined;
  if (options.when === (exists ? 'NX' : 'XX')) return old;
  const keptUntil = options.keepTtl ? keyspace.expiryOf(key) : undefined;
  keyspace.write(key, { type: 'string', text: value });
  if (options.ttlMs !== undefined) keyspace.expireIn(key, options.ttlMs);
  else if (keptUntil !== undefined) keyspace.expireAt(key, keptUntil);
  return options.replyOld ? old : OK;
}

function setOptions(args: Arguments, keyspace: Keyspace): SetOptions {
  let when: SetOptions['when'];
  let expiry: { unit: 'EX' | 'PX'; amount: Bytes } | undefined;
  let [replyOld, keepTtl] = [false, false];
  while (args.left > 0) {
    const option = args.text().toUpperCase();
    if ((option === 'NX' || option === 'XX') && (when ?? option) === option) when = option;
    else if (option === 'GET') replyOld = true;
    else if (option === 'KEEPTTL' && expiry === undefined) keepTtl = true;
    else if ((option === 'PX' || option === 'EX') && !keepTtl && (expiry?.unit ?? option) === option) {
      expiry = { unit: option, amount: args.text() };
    } else if (option === 'EXAT' || option === 'PXAT') {
      throw new CommandFault(`ERR the embedded host has no option ${option} of SET`);
    } else throw new CommandFault(SYNTAX_ERROR);
  }
  return { when, replyOld, keepTtl, ttlMs: expiry && ttlOf(expiry, keyspace) };
}

function ttlOf(expiry: { unit: 'EX' | 'PX'; amount: Bytes }, keyspace: Keyspace): number {
  const amount = parseInteger(expiry.amount);
  if (amount === undefined) throw new CommandFault('ERR value is not an integer or out of range');
  const ttlMs = expiry.unit === 'EX' ? amount * 1_000 : amount;
  if (ttlMs <= 0 || !keyspace.canExpireIn(ttlMs))
    throw new CommandFault("ERR invalid expire time in 'set' command");
  return ttlMs;
}
