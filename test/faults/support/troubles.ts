/** How each condition of docs/errors.md is brought about on a real server, and how it ends. */
import { execFileSync } from 'node:child_process';
import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Redis } from 'ioredis';
import { eventually } from '../../support/eventually.js';
import type { FaultProxy } from '../../support/fault-proxy.js';
import type { RedisServer } from '../../support/redis-server.js';

export const PASSWORD = 'pa55-that-must-not-show';

export interface Ground {
  readonly server: RedisServer;
  readonly proxy: FaultProxy;
  /** Of somebody who may do everything. */
  readonly admin: Redis;
  /** Key of the lock that is asked for. */
  readonly lockKey: string;
}

type Step = (ground: Ground) => Promise<unknown>;

export interface Trouble {
  readonly serverArgs?: readonly string[];
  /** In front of the host in the URL of the one who asks. */
  readonly userInfo?: string;
  /** Before anybody connects. */
  readonly prepare?: Step;
  readonly begin?: Step;
  readonly end?: Step;
}

const [, major = '7'] =
  /v=(\d+)/.exec(execFileSync('redis-server', ['--version'], { encoding: 'utf8' })) ?? [];
/** What Redis 7 asks for and older ones do not know. */
const since7 = (...args: string[]): readonly string[] => (Number(major) >= 7 ? args : []);

const user =
  (rules: string): Step =>
  ({ admin }) =>
    admin.call('ACL', 'SETUSER', 'app', 'reset', 'on', `>${PASSWORD}`, ...rules.split(' '));
const set =
  (name: string, value: string): Step =>
  ({ admin }) =>
    admin.config('SET', name, value);

/** Loads for about ten seconds; flushing is not possible meanwhile, so the end is to wait for it. */
async function load({ admin, server }: Ground): Promise<void> {
  await admin.call('DEBUG', 'POPULATE', '2000');
  await admin.config('SET', 'loading-process-events-interval-bytes', '1024');
  await admin.config('SET', 'key-load-delay', '1000');
  const [loader, prober] = [server.client(), server.client()];
  // A client that connects while it loads waits for the end of it.
  await prober.ping();
  loader.call('DEBUG', 'RELOAD').catch(() => undefined);
  await answers(prober, 'LOADING');
}

/** It loads the rest at once, and answers when it has. */
async function loaded({ admin }: Ground): Promise<void> {
  await admin.config('SET', 'key-load-delay', '0');
  await eventually(async () => (await admin.set('probe', '1').catch(() => 'not yet')) === 'OK', {
    everyMs: 1,
  });
}

async function failToSave({ admin, server }: Ground): Promise<void> {
  const gone = join(server.dir, 'gone');
  await mkdir(gone);
  await admin.config('SET', 'dir', gone);
  await rm(gone, { recursive: true });
  await admin.config('SET', 'save', '3600 1');
  await admin.bgsave();
  await answers(admin, 'MISCONF');
}

async function saveAgain({ admin, server }: Ground): Promise<void> {
  await admin.config('SET', 'dir', server.dir);
  await admin.bgsave();
  await eventually(async () => (await admin.info('persistence')).includes('rdb_last_bgsave_status:ok'));
}

async function runSlowScript({ admin, server }: Ground): Promise<void> {
  await admin.config('SET', 'lua-time-limit', '20');
  server
    .client()
    .eval('while true do end', 0)
    .catch(() => undefined);
  await answers(admin, 'BUSY');
}

/** Until a write is refused with this word. */
async function answers(client: Redis, word: string): Promise<void> {
  const refusal = (): Promise<string> => client.set('probe', '1').catch((error: Error) => error.message);
  await eventually(async () => (await refusal()).startsWith(word));
}

export const troubles: Readonly<Record<string, Trouble>> = {
  'nothing listens at the address': {
    prepare: ({ proxy }) => proxy.refuse(),
    end: ({ proxy }) => proxy.heal(),
  },
  'the connection is cut and refused': {
    begin: ({ proxy }) => proxy.refuse(),
    end: ({ proxy }) => proxy.heal(),
  },
  'Redis or the network is silent': {
    begin: ({ server }) => server.kill('SIGSTOP'),
    end: ({ server }) => server.kill('SIGCONT'),
  },
  'Redis loads its data (LOADING)': {
    serverArgs: since7('--enable-debug-command', 'yes'),
    begin: load,
    end: loaded,
  },
  'Redis is a replica (READONLY)': {
    begin: ({ admin }) => admin.replicaof('127.0.0.1', 1),
    end: ({ admin }) => admin.replicaof('NO', 'ONE'),
  },
  'Redis is out of memory (OOM)': { begin: set('maxmemory', '1'), end: set('maxmemory', '0') },
  'a slow script runs (BUSY)': {
    begin: runSlowScript,
    end: ({ admin }) => admin.script('KILL'),
  },
  'Redis cannot save (MISCONF)': {
    serverArgs: since7('--enable-protected-configs', 'yes'),
    begin: failToSave,
    end: saveAgain,
  },
  'too few replicas (NOREPLICAS)': {
    begin: set('min-replicas-to-write', '1'),
    end: set('min-replicas-to-write', '0'),
  },
  'the slot has no node (CLUSTERDOWN)': {
    serverArgs: ['--cluster-enabled', 'yes'],
    end: async ({ admin }) => {
      const slots = Array.from({ length: 16_384 }, (_, slot) => slot);
      await admin.call('CLUSTER', 'ADDSLOTS', ...slots);
      // It looks around for as long as its node timeout, but no longer than five seconds, before it says so.
      await eventually(async () => String(await admin.call('CLUSTER', 'INFO')).includes('cluster_state:ok'), {
        withinMs: 15_000,
      });
    },
  },
  "another type under the lock's key (WRONGTYPE)": {
    begin: ({ admin, lockKey }) => admin.lpush(lockKey, 'not a lock'),
  },
  'the user may not run scripts (NOPERM)': {
    userInfo: `app:${PASSWORD}@`,
    prepare: user('~* &* +@all -evalsha -eval'),
  },
  'the user may not touch the key (NOPERM)': {
    userInfo: `app:${PASSWORD}@`,
    prepare: user('~theirs:* &* +@all'),
  },
  'wrong password (WRONGPASS)': {
    userInfo: `app:${PASSWORD}-mistyped@`,
    prepare: user('~* &* +@all'),
  },
  'no password (NOAUTH)': { prepare: set('requirepass', PASSWORD) },
  'the server does not know the command': { serverArgs: ['--rename-command', 'EVALSHA', ''] },
  'the user may not use the channel': {
    userInfo: `app:${PASSWORD}@`,
    prepare: user('~* resetchannels +@all'),
  },
  'the scripts are flushed (NOSCRIPT)': { begin: ({ admin }) => admin.script('FLUSH') },
  'the connection is killed by an admin': {
    begin: ({ admin }) => admin.call('CLIENT', 'KILL', 'TYPE', 'normal', 'SKIPME', 'yes'),
  },
  'the server restarts': { begin: ({ server }) => server.restart({ empty: true }) },
};
