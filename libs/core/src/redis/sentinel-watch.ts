/**
 * Hears from sentinels that another server is the primary now, and leaves the old one. Of a primary that is frozen or cut
 * off nothing else tells us for seconds, and when it wakes up it grants locks that the new one does not know.
 */
import { Redis } from 'ioredis';
import type { Clock } from '../time/clock.js';
import { endOf } from './connection.js';

const SWITCHED = '+switch-master';
/** A sentinel that is away is tried again so seldom: the others tell, too. */
const TRY_AGAIN_MS = 5_000;

export class SentinelWatch {
  readonly #sentinels: readonly Redis[];

  /** Does nothing for a client without sentinels. */
  constructor(client: Redis, connectionName: string) {
    const { sentinels, name } = client.options;
    const leave = (_: string, told: string): void => {
      // "<name> <old host> <old port> <new host> <new port>"; the sentinels may watch others, too.
      if (told.startsWith(`${name} `)) client.stream?.destroy(new Error('demoted'));
    };
    this.#sentinels = (sentinels ?? []).map((address) => listenTo(address, client, connectionName));
    for (const sentinel of this.#sentinels) sentinel.on('message', leave);
  }

  async close(clock: Clock, withinMs: number): Promise<void> {
    await Promise.all(this.#sentinels.map((sentinel) => endOf(sentinel, clock, withinMs)));
  }
}

type Address = NonNullable<Redis['options']['sentinels']>[number];

function listenTo(
  { host = 'localhost', port = 26_379, family }: Address,
  { options }: Redis,
  name: string,
): Redis {
  const { sentinelUsername, sentinelPassword, sentinelTLS, protocol } = options;
  const ofClient = family ?? options.family;
  const sentinel = new Redis({
    host,
    port,
    lazyConnect: true,
    enableReadyCheck: false,
    enableOfflineQueue: false,
    autoResubscribe: false,
    maxRetriesPerRequest: 0,
    connectionName: name,
    retryStrategy: () => TRY_AGAIN_MS,
    ...(ofClient === undefined ? {} : { family: ofClient }),
    ...(protocol === undefined ? {} : { protocol }),
    ...(sentinelTLS === undefined ? {} : { tls: sentinelTLS }),
    ...(sentinelUsername == null ? {} : { username: sentinelUsername }),
    ...(sentinelPassword == null ? {} : { password: sentinelPassword }),
  });
  sentinel.on('error', () => undefined);
  sentinel.on('ready', () => void sentinel.subscribe(SWITCHED).catch(() => undefined));
  sentinel.connect().catch(() => undefined);
  return sentinel;
}
