// Where one trial after the other takes place: a Redis of its own, so that faults of Redis hit nobody else.
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { Redis } from 'ioredis';
import { RedisServer } from '../../harness/redis-server.mjs';
import { UserProcess } from '../process/user-process.mjs';
import { FaultProxy } from './fault-proxy.mjs';

/** Longer than any fault and what is waited for after it. */
const PATIENCE_MS = 60_000;

export class Lane {
  #redis = new RedisServer();
  #terms;
  /** @type {Redis} */
  #admin;
  #trials = 0;
  /** @type {Map<string, { proxy: FaultProxy, process: UserProcess }[]>} */
  #pairs = new Map();
  /** Those of the trial. @type {{ proxy: FaultProxy, process: UserProcess }[]} */
  #sides = [];
  #delays = monitorEventLoopDelay({ resolution: 10 });

  /** @param {{ ledgerPort: number, ttlMs: number }} terms */
  constructor(terms) {
    this.#terms = terms;
  }

  get ttlMs() {
    return this.#terms.ttlMs;
  }

  /** How long this process, which only waits and passes on bytes, or one of the pair did not run. */
  get stallMs() {
    const ofPair = this.#sides.map(({ process }) => process.stallMs);
    return Math.max(this.#delays.max / 1e6, ...ofPair);
  }

  async open() {
    await this.#redis.start();
    this.#admin = new Redis({ port: this.#redis.port, maxRetriesPerRequest: null, retryStrategy: () => 20 });
    // It loses its connection when Redis is killed, which is no news.
    this.#admin.on('error', () => undefined);
  }

  /**
   * An empty Redis, and two processes of that user, connected and warm: those of its last trial, unless one of them was
   * killed, ended or did not come back.
   * @param {import('../users/user.d.ts').User} user
   */
  async prepare(user) {
    this.#trials += 1;
    await this.#admin.flushall();
    const key = `k${this.#redis.port}-${this.#trials}`;
    this.#sides = await this.#pairOf(user);
    const [holder, contender] = this.#sides;
    this.#delays.reset();
    this.#delays.enable();
    return {
      key,
      lockKey: user.lockKeyOf(key),
      ttlMs: this.#terms.ttlMs,
      redis: this.#redis,
      admin: this.#admin,
      holderProxy: holder.proxy,
      holder: holder.process,
      contender: contender.process,
      end: (isSound) => this.#end(user, isSound),
    };
  }

  close() {
    for (const name of this.#pairs.keys()) this.#dismiss(name);
    this.#admin.disconnect();
  }

  async #pairOf(user) {
    const last = this.#pairs.get(user.name);
    if (last !== undefined) {
      const fit = await Promise.all(last.map(({ process }) => process.again()));
      if (fit.every(Boolean)) return last;
      this.#dismiss(user.name);
    }
    const pair = await Promise.all(['holder', 'contender'].map((who) => this.#side(user, who)));
    this.#pairs.set(user.name, pair);
    return pair;
  }

  /** Whatever happened, Redis runs again. */
  async #end(user, isSound) {
    this.#redis.child.kill('SIGCONT');
    if (!isSound) this.#dismiss(user.name);
    else await Promise.all(this.#sides.map(({ proxy }) => proxy.heal()));
  }

  #dismiss(name) {
    for (const { process, proxy } of this.#pairs.get(name) ?? []) {
      process.end();
      proxy.stop();
    }
    this.#pairs.delete(name);
  }

  async #side(user, who) {
    const proxy = new FaultProxy(this.#redis.port);
    await proxy.listen();
    const place = { ...this.#terms, port: proxy.port, patienceMs: PATIENCE_MS };
    const process = new UserProcess({ user: user.name, who, ...place });
    await process.ready();
    return { proxy, process };
  }
}
