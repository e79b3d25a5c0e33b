/**
 * Connection policy: whatever the user gives, we run on connections of our own with options of our own. A shared
 * connection with a blocking command on it would delay renewals, and ioredis' defaults re-send calls after a
 * reconnect and queue them while offline: both would make a lock appear long after its caller gave up.
 */
import { Redis, type Cluster, type RedisOptions } from 'ioredis';
import { LockConfigError } from '../errors.js';
import type { StoreError } from '../lease/store-error.js';
import type { Clock } from '../time/clock.js';
import type { ClusterConnection } from './cluster-connection.js';
import { asCallError } from './ioredis-outcomes.js';
import { fromServerReply } from './server-reply.js';

/** What `connection` may be, apart from a host provider. */
export type RedisConnection = SingleConnection | ClusterConnection | Cluster | (() => Redis | Cluster);

/** What leads to a single Redis. */
export type SingleConnection = string | RedisOptions | Redis;

const MAX_RECONNECT_DELAY_MS = 1_000;
/** How long a connection for pushes, which carries nothing else, may leave its greeting without an answer. */
const SILENT_GREETING_MS = 5_000;
/** How long the other side may take to agree that a connection is over; ioredis keeps the process alive meanwhile. */
const HANG_UP_MS = 200;

/** The options that the engine's guarantees stand on. They win over the user's, also over those in a URL. */
function policy(connectionName: string) {
  return {
    connectionName,
    keyPrefix: '',
    lazyConnect: true,
    enableReadyCheck: false,
    enableOfflineQueue: false,
    enableAutoPipelining: false,
    maxRetriesPerRequest: 0,
    autoResubscribe: false,
    stringNumbers: false,
    replyMapping: 'legacy',
    readOnly: false,
    disconnectTimeout: HANG_UP_MS,
    // Of an old primary that became a replica: look where the primary is now, but never re-send the call.
    reconnectOnError: ({ message }: Error) => fromServerReply(message, 'a call').condition === 'readonly',
    retryStrategy: delayBefore,
    sentinelRetryStrategy: delayBefore,
  } as const satisfies RedisOptions;
}

function delayBefore(attempt: number): number {
  return Math.min(MAX_RECONNECT_DELAY_MS, 25 * 2 ** Math.min(attempt, 6)) * (0.75 + Math.random() / 4);
}

/** A client of ours, not connected yet. */
export interface OwnClient {
  readonly client: Redis;
  /** What the user's client puts in front of its keys. */
  readonly keyPrefix: string;
  /** Where it goes, without user name and password. */
  readonly label: string;
}

/**
 * Makes the client that carries the calls: always a duplicate, so that our options win whichever way theirs came.
 * @throws LockConfigError when the URL cannot be read
 */
export function openClient(connection: SingleConnection, connectionName: string): OwnClient {
  const theirs = modelOf(connection);
  const { keyPrefix = '' } = theirs.options;
  const client = theirs.duplicate(policy(connectionName));
  delete client.options.commandTimeout;
  // A timer and a listener for each call: see SilenceWatch.
  delete client.options.socketTimeout;
  if (theirs !== connection) theirs.disconnect();
  return { client, keyPrefix, label: labelOf(client) };
}

function modelOf(connection: SingleConnection): Redis {
  if (typeof connection === 'string') return ofUrl(connection);
  return isLiveClient(connection)
    ? connection
    : new Redis({ ...connection, replyMapping: 'legacy', lazyConnect: true });
}

function ofUrl(url: string): Redis {
  try {
    return new Redis(url, { lazyConnect: true });
  } catch {
    throw cannotStart([
      'connection: the URL cannot be read; user name and password have to be percent-encoded',
    ]);
  }
}

export function cannotStart(faults: readonly string[]): LockConfigError {
  return new LockConfigError('Holdfast cannot start', faults);
}

/** A second connection like `client`, for pushes where the protocol needs one. */
export function openPushClient(client: Redis, connectionName: string): Redis {
  return client.duplicate({ ...policy(connectionName), socketTimeout: SILENT_GREETING_MS });
}

/** Where SELECT fails ioredis goes on in database 0, among the locks of somebody else: resolves to why it did. */
export function selectDatabase(client: Redis): Promise<StoreError | undefined> {
  const { db = 0 } = client.options;
  if (db === 0) return Promise.resolve(undefined);
  const refused = (error: unknown): StoreError => asCallError(error, `SELECT ${db}`);
  return client.select(db).then(() => undefined, refused);
}

/** By shape, never `instanceof`: the application's ioredis may be another copy or another major. */
export function isLiveClient(connection: object): connection is Redis {
  return 'duplicate' in connection && typeof connection.duplicate === 'function' && 'options' in connection;
}

function labelOf({ options }: Redis): string {
  const { host = 'localhost', port = 6379, db = 0, path, sentinels, name } = options;
  if (sentinels !== undefined && sentinels !== null) return `sentinel:${name ?? 'mymaster'}/${db}`;
  return path === undefined || path === null ? `redis://${host}:${port}/${db}` : `unix:${path}/${db}`;
}

/** `disconnect()` instead of `quit()`, which hangs while reconnecting; everything that mattered was answered before. */
export function endOf(client: Redis, clock: Clock, withinMs: number): Promise<void> {
  if (client.status === 'end') return Promise.resolve();
  if (client.status === 'reconnecting') {
    // Between two connections it never tells its end.
    client.disconnect();
    return Promise.resolve();
  }
  return new Promise((resolve) => {
    const cancel = clock.setTimer(withinMs, resolve, 'ref');
    client.once('end', () => {
      cancel();
      resolve();
    });
    client.disconnect();
  });
}
