/** A replica in a process of its own. */
import { fork, type ChildProcess } from 'node:child_process';
import { createInterface } from 'node:readline';
import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import type { Author } from '../../bookkeeping/entries.js';
import { readNews, type Command } from '../../wire/news.js';
import type { OrphanGuard } from './orphan-guard.js';
import type { Replica, ReplicaEars, ReplicaPlan, StartReplica } from '../replica.js';

const ENTRY = fileURLToPath(new URL('../../replica-main.js', import.meta.url));
const START_WITHIN_MS = 30_000;
const STOP_WITHIN_MS = 8_000;

/** Starts replicas as processes that lock on the Redis at `redisUrl`. */
export function processReplicas(redisUrl: string, guard: OrphanGuard): StartReplica {
  return async (plan, ears) => {
    const child = fork(ENTRY, [String(plan.clockOffsetMs)], { stdio: ['ignore', 'pipe', 'pipe', 'ipc'] });
    guard.watch(child);
    const replica = new ProcessReplica(child, plan, ears);
    await replica.start(redisUrl, plan);
    return replica;
  };
}

class ProcessReplica implements Replica {
  readonly author: Author;
  url = '';
  readonly #child: ChildProcess;
  readonly #exited: Promise<string>;
  /** The port it serves on, once it does. */
  readonly #port: Promise<number>;
  #expectsEnd = false;

  constructor(child: ChildProcess, plan: ReplicaPlan, ears: ReplicaEars) {
    this.author = { replica: plan.name, life: plan.life, pid: child.pid ?? 0 };
    this.#child = child;
    this.#exited = new Promise((resolve) => {
      child.once('error', (error) => resolve(error.message));
      child.once('exit', (code, signal) => resolve(code === null ? String(signal) : `code ${code}`));
    });
    this.#port = new Promise((resolve) => {
      child.on('message', (message) => {
        const news = readNews(message);
        if (news.type === 'ready') resolve(news.port);
        ears.hear(news);
      });
    });
    for (const stream of [child.stdout, child.stderr]) {
      if (stream !== null)
        createInterface(stream).on('line', (text) => text !== '' && ears.hear({ type: 'log', text }));
    }
    void this.#exited.then((how) => {
      if (!this.#expectsEnd) ears.ended(how);
    });
  }

  /** Rejects if it does not serve in time. */
  async start(redisUrl: string, plan: ReplicaPlan): Promise<void> {
    const { name, life, booksUrl, namespace, unguarded } = plan;
    this.#send({ type: 'start', name, life, redisUrl, booksUrl, namespace, locks: unguarded ? 'off' : 'on' });
    const stop = new AbortController();
    const late = pause(START_WITHIN_MS, 'nothing heard for 30 s', { signal: stop.signal });
    const trouble = Promise.race([this.#exited, late]).then((how) => {
      throw new Error(`replica ${name} did not start: ${how}`);
    });
    trouble.catch(() => undefined);
    try {
      this.url = `http://127.0.0.1:${await Promise.race([this.#port, trouble])}`;
    } catch (error) {
      await this.kill();
      throw error;
    } finally {
      stop.abort();
    }
  }

  armFreeze(): void {
    this.#send({ type: 'freeze' });
  }

  thaw(): void {
    this.#child.kill('SIGCONT');
  }

  async kill(): Promise<void> {
    this.#expectsEnd = true;
    this.#child.kill('SIGKILL');
    await this.#exited;
  }

  async stop(): Promise<void> {
    this.#expectsEnd = true;
    this.#send({ type: 'stop' });
    const stop = new AbortController();
    const late = pause(STOP_WITHIN_MS, undefined, { signal: stop.signal }).then(() => this.kill());
    late.catch(() => undefined);
    await this.#exited;
    stop.abort();
  }

  #send(command: Command): void {
    // One that ended can't be told anything; its end was noticed on its own.
    if (this.#child.connected) this.#child.send(command, () => undefined);
  }
}
