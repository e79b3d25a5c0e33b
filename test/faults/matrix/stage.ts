/**
 * Where the trials of one row are played: a server with a fault proxy in front of it, a fenced resource in another server,
 * and processes that take locks. Trials share them as long as they live; each has a lock of its own.
 */
import type { Redis } from 'ioredis';
import type { Child } from '../../support/child.js';
import { startFaultProxy, type FaultProxy } from '../../support/fault-proxy.js';
import { keysOfLock } from '../../support/lock-keys.js';
import { uniqueNamespace } from '../../support/namespace.js';
import { startRedis, type RedisServer, type RedisServerOptions } from '../../support/redis-server.js';
import { spawnTaker, type TakerOptions } from '../../support/taker.js';

export const TTL_MS = 1_000;
/** Over how long requests are counted, where they are. */
export const WINDOW_MS = 5_000;
/** Of the user that the processes log in as: nobody may ever say it. */
export const PASSWORD = 'pa55-that-must-not-show';
const USER = ['--user', 'app', 'on', `>${PASSWORD}`, '~*', '&*', '+@all'];
export const LEDGER = 'ledger';
const GRACE_MS = 500;

export interface StageOptions {
  /** Further arguments of the server. */
  readonly serverArgs?: readonly string[];
  /** Where both servers run, if not beside this process. */
  readonly place?: Pick<RedisServerOptions, 'inside' | 'host'>;
}

export interface TakerSetting extends Partial<Omit<TakerOptions, 'namespace' | 'replica'>> {
  readonly replica?: string;
  /** To the server itself, not through the proxy. @defaultValue false */
  readonly direct?: boolean;
}

/** A process of the stage, and whether it stood still, so that its own times say nothing. */
export interface Actor {
  readonly child: Child;
  readonly replica: string;
  stoodStill: boolean;
}

export class Stage {
  readonly namespace = uniqueNamespace();
  /** Of somebody who may do everything. */
  readonly admin: Redis;
  readonly server: RedisServer;
  readonly resource: RedisServer;
  readonly proxy: FaultProxy;
  readonly #ledger: Redis;
  readonly #actors = new Map<string, Actor>();
  readonly #ends: (() => unknown)[] = [];
  readonly #variants = new Map<string, Stage>();

  private constructor(server: RedisServer, resource: RedisServer, proxy: FaultProxy) {
    this.server = server;
    this.resource = resource;
    this.proxy = proxy;
    this.admin = server.client();
    this.#ledger = resource.client();
  }

  static async open({ serverArgs = [], place = {} }: StageOptions = {}): Promise<Stage> {
    const [server, resource] = await Promise.all([
      startRedis({ ...place, args: [...USER, ...serverArgs] }),
      startRedis(place),
    ]);
    return new Stage(server, resource, await startFaultProxy(server.port));
  }

  get actors(): readonly Actor[] {
    return [...this.#actors.values()];
  }

  /** Stages beside this one, for what needs another server. */
  get variants(): readonly Stage[] {
    return [...this.#variants.values()];
  }

  /** The stage called `which`: the one of the trial before, or a new one. It is held to the same conditions. */
  async variant(which: string, options: StageOptions): Promise<Stage> {
    const known = this.#variants.get(which);
    if (known !== undefined) return known;
    const stage = await Stage.open(options);
    this.#variants.set(which, stage);
    return stage;
  }

  /** Done when the stage is closed. */
  defer(end: () => unknown): void {
    this.#ends.push(end);
  }

  url({ direct = false }: { readonly direct?: boolean } = {}): string {
    return `redis://app:${PASSWORD}@127.0.0.1:${direct ? this.server.port : this.proxy.port}`;
  }

  /** The process called `replica`: the one of the trial before if it is still there, else a new one. */
  async taker(
    replica: string,
    { direct = false, replica: _, ...setting }: TakerSetting = {},
  ): Promise<Child> {
    const known = this.#actors.get(replica);
    if (known !== undefined) return known.child;
    const child = spawnTaker({
      url: this.url({ direct }),
      namespace: this.namespace,
      replica,
      attemptTimeout: TTL_MS / 2,
      shutdownGrace: GRACE_MS,
      ledgerUrl: this.resource.url,
      ledgerKey: LEDGER,
      ...setting,
    });
    this.adopt(replica, child);
    await child.message({ event: 'ready' }, 30_000);
    return child;
  }

  /** A process that was started otherwise is held to the same conditions. */
  adopt(replica: string, child: Child): void {
    this.#actors.set(replica, { child, replica, stoodStill: false });
  }

  /** It is gone, and was meant to go. */
  async kill(child: Child): Promise<void> {
    for (const [replica, actor] of this.#actors) if (actor.child === child) this.#actors.delete(replica);
    await child.kill('SIGKILL');
  }

  /** Its times are no measure any more. */
  standsStill(child: Child): void {
    for (const actor of this.#actors.values()) if (actor.child === child) actor.stoodStill = true;
  }

  keys(name: string) {
    return keysOfLock(this.namespace, name);
  }

  /** What was written under the lock `name`, in the order in which it arrived. */
  async journal(name: string): Promise<readonly Write[]> {
    const lines = await this.#ledger.lrange(`${LEDGER}:${name}:journal`, 0, -1);
    return lines.map(readWrite);
  }

  /** The locks that somebody wrote under. */
  async writtenUnder(): Promise<readonly string[]> {
    const keys = await this.#ledger.keys(`${LEDGER}:*:journal`);
    return keys.map((key) => key.slice(LEDGER.length + 1, -':journal'.length));
  }

  /** Whatever state it is in. */
  async close(): Promise<void> {
    await Promise.all(this.variants.map((stage) => stage.close()));
    for (const end of this.#ends.splice(0).toReversed()) await end();
    await Promise.all(this.actors.map(({ child }) => child.kill('SIGKILL')));
    await this.proxy.stop();
    await Promise.all([this.server.stop(), this.resource.stop()]);
  }
}

export interface Write {
  readonly accepted: boolean;
  readonly fence: number;
  /** Machine time of the check before it. */
  readonly startedAt: number;
  readonly writer: string;
}

function readWrite(line: string): Write {
  const [accepted, fence, startedAt, writer = ''] = line.split(' ');
  return { accepted: accepted === '1', fence: Number(fence), startedAt: Number(startedAt), writer };
}
