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
  #delays = monitorEventLoopDelay({ resolution: 10 });

  /** @param {{ ledgerPort: number, ttlMs: number }} terms */
  constructor(terms) {
    this.#terms = terms;
  }

  get ttlMs() {
    return this.#terms.ttlMs;
  }

  /** How long this process, which only waits and passes on bytes, was kept from running since the last `prepare`. */
  get stallMs() {
    return this.#delays.max / 1e6;
  }

  async open() {
    await this.#redis.start();
    this.#admin = new Redis({ port: this.#redis.port, maxRetriesPerRequest: null, retryStrategy: () => 20 });
    // It loses its connection when Redis is killed, which is no news.
    this.#admin.on('error', () => undefined);
  }

  /**
   * An empty Redis, and two processes of that user, connected and warm.
   * @param {import('../users/user.d.ts').User} user
   */
  async prepare(user) {
    this.#trials += 1;
    await this.#admin.flushall();
    const key = `k${this.#redis.port}-${this.#trials}`;
    const [holder, contender] = await Promise.all(
      ['holder', 'contender'].map((who) => this.#side(user, who)),
    );
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
      end: () => {
        this.#redis.child.kill('SIGCONT');
        for (const { process, proxy } of [holder, contender]) {
          process.end();
          proxy.stop();
        }
      },
    };
  }

  close() {
    this.#admin.disconnect();
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
