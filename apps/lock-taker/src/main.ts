/**
 * A process that takes locks on command, for tests that kill it, freeze it or cut its network.
 *
 * Options come as arguments, commands as lines of JSON on stdin, and whatever happens is told as lines of JSON on
 * stdout with `at`, the machine's monotonic clock in ms, which all processes of a machine share.
 */
import { parseArgs } from 'node:util';
import { createHoldfast, onLeaseEvent, type HoldfastConnection } from '@holdfast/core';
import { FencedLedger } from './fenced-ledger.js';
import { LockTaker } from './lock-taker.js';
import { readCommands, tell, tellFailure } from './wire.js';

const { values: options } = parseArgs({
  options: {
    url: { type: 'string', default: 'redis://127.0.0.1:6379' },
    namespace: { type: 'string', default: 'lock-taker' },
    replica: { type: 'string', default: `taker-${process.pid}` },
    attemptTimeout: { type: 'string', default: '1000' },
    connectTimeout: { type: 'string', default: '5000' },
    shutdownGrace: { type: 'string', default: '10000' },
    preflight: { type: 'string', default: 'warn' },
    /** More options of ioredis, as JSON. */
    client: { type: 'string', default: '{}' },
    /** The Redis of the fenced ledger that `write` goes to; the tests keep it apart from the one with the locks. */
    ledgerUrl: { type: 'string' },
    ledgerKey: { type: 'string', default: 'ledger' },
  },
});

const holdfast = await createHoldfast({
  connection: connectionOf(options.url, JSON.parse(options.client)),
  namespace: options.namespace,
  replica: options.replica,
  attemptTimeout: Number(options.attemptTimeout),
  connectTimeout: Number(options.connectTimeout),
  shutdownGrace: Number(options.shutdownGrace),
  preflight: options.preflight === 'refuse' || options.preflight === 'off' ? options.preflight : 'warn',
  log: (level, message) => tell('log', { level, message }),
});
const ledger =
  options.ledgerUrl === undefined
    ? undefined
    : new FencedLedger(options.ledgerUrl, { key: options.ledgerKey, writer: options.replica });
onLeaseEvent((event) => tell('lease-event', { ...event }));

/** The URL as it is, or what it says together with `client`. */
function connectionOf(url: string, client: object): HoldfastConnection {
  if (Object.keys(client).length === 0) return url;
  const { hostname: host, port, username, password } = new URL(url);
  return { host, port: Number(port), username, password, ...client };
}

const taker = new LockTaker(holdfast, ledger);

async function leave(why: string): Promise<void> {
  await holdfast.close();
  await ledger?.close();
  tell('closed', { why, pending: taker.pending });
  process.stdin.destroy();
}

process.once('SIGTERM', () => void leave('SIGTERM').catch(tellFailure));
readCommands(
  (command) => {
    // Commands do not wait for each other: a release has to reach a taker that is busy acquiring.
    void (command['do'] === 'close' ? leave('told to') : taker.obey(command)).catch(tellFailure);
  },
  () => void leave('stdin ended').catch(tellFailure),
);
tell('ready', { pid: process.pid, replica: options.replica });
