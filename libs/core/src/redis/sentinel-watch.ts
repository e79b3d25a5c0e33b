/**
 * Hears from sentinels that another server is the primary now, and leaves the old one. Of a primary that is frozen or cut
 * off nothing else tells us for seconds, and when it wakes up it grants locks that the new one does not know. They also
 * know how many replicas there are.
 */
import { Redis } from 'ioredis';
import type { Clock } from '../time/clock.js';
import { endOf } from './connection.js';
import type { WantedReplicas } from './wanted-replicas.js';

const SWITCHED = '+switch-master';
const ONE_MORE = '+slave';
/** A sentinel that is away is tried again so seldom: the others tell, too. */
const TRY_AGAIN_MS = 5_000;

export class SentinelWatch {
  readonly #sentinels: readonly Redis[];

  /** Does nothing for a client without sentinels. */
  constructor(client: Redis, connectionName: string, replicas?: WantedReplicas) {
    const { sentinels } = client.options;
    this.#sentinels = (sentinels ?? []).map((address) => listenTo(address, client, connectionName));
    for (const sentinel of this.#sentinels) heed(sentinel, client, replicas);
  }

  async close(clock: Clock, withinMs: number): Promise<void> {
    await Promise.all(this.#sentinels.map((sentinel) => endOf(sentinel, clock, withinMs)));
  }
}

function heed(sentinel: Redis, client: Redis, replicas: WantedReplicas | undefined): void {
  const { name = '' } = client.options;
  // Where RESP2 is spoken it takes no calls once it has subscribed: then this is as it was at the connect.
  const count = (): void =>
    void sentinel.call('SENTINEL', 'REPLICAS', name).then(
      (known) => replicas?.found(Array.isArray(known) ? known.length : 0),
      () => undefined,
    );
  sentinel.on('ready', () => {
    if (replicas?.hasToBeFound === true) count();
    const heard = replicas?.hasToBeFound === true ? [SWITCHED, ONE_MORE] : [SWITCHED];
    // One by one: a user may have a right to some only.
    for (const channel of heard) void sentinel.subscribe(channel).catch(() => undefined);
  });
  sentinel.on('message', (channel: string, told: string) => {
    if (channel === ONE_MORE) count();
    // "<name> <old host> <old port> <new host> <new port>"; the sentinels may watch others, too.
    else if (told.startsWith(`${name} `)) client.stream?.destroy(new Error('demoted'));
  });
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
  sentinel.connect().catch(() => undefined);
  return sentinel;
}
