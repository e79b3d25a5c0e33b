/** Stores on a real server, one for each "process": what is sent when is up to the test, for no engine stands above. */
import type { RedisOptions } from 'ioredis';
import { onTestFinished } from 'vitest';
import type { AcquireReply, AcquireRequest, LeasePush } from '../../../../libs/core/src/lease/lease-store.js';
import { TokenSource } from '../../../../libs/core/src/lease/token-source.js';
import { IoredisHost } from '../../../../libs/core/src/redis/ioredis-host.js';
import { KeySpace } from '../../../../libs/core/src/redis/keys.js';
import { RedisLeaseStore, type HandOff } from '../../../../libs/core/src/redis/redis-lease-store.js';
import { acquireFrom, releaseFrom } from './asking.js';

export interface ProcessOptions {
  readonly handOff?: HandOff;
  readonly redis?: RedisOptions;
  /** A process that is dead, or was never told where to listen. */
  readonly deaf?: boolean;
}

export class TestProcess {
  readonly pushes: LeasePush[] = [];
  readonly host: IoredisHost;
  readonly store: RedisLeaseStore;
  readonly keys: KeySpace;
  readonly #tokens = new TokenSource();

  constructor(url: string, namespace: string, { handOff, redis = {} }: ProcessOptions) {
    const { hostname, port } = new URL(url);
    this.host = new IoredisHost(
      { host: hostname, port: Number(port), ...redis },
      { namespace, report: () => undefined },
    );
    this.keys = new KeySpace(namespace);
    this.store = new RedisLeaseStore(this.host, this.keys, handOff);
    this.store.onPush((push) => this.pushes.push(push));
  }

  get id(): string {
    return this.#tokens.processId;
  }

  /** A token of this process, never used before. */
  token(): string {
    return this.#tokens.next();
  }

  /** Asks for "order", standing in line for it, unless told otherwise. */
  acquire(request: Partial<AcquireRequest> & Pick<AcquireRequest, 'token'>): Promise<AcquireReply> {
    const usual = { identity: 'order', ttlMs: 30_000, queueing: true, grantMs: 2_000 };
    return acquireFrom(this.store, { ...usual, ...request });
  }

  release(token: string, holdMs = 0): Promise<boolean> {
    return releaseFrom(this.store, { identity: 'order', token, holdMs });
  }

  async renew(token: string, ttlMs = 30_000): Promise<string | undefined> {
    const { replies } = await this.store.renew([{ identity: 'order', token, ttlMs }]);
    return replies[0]?.outcome;
  }
}

/** Opens a process and closes it with the test. */
export async function openProcess(
  url: string,
  namespace: string,
  options: ProcessOptions = {},
): Promise<TestProcess> {
  const opened = new TestProcess(url, namespace, options);
  onTestFinished(() => opened.host.close(500));
  if (options.deaf !== true) await opened.store.listen(opened.id);
  await opened.host.whenUp(5_000);
  return opened;
}
