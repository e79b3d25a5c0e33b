/** Runs one script on a given keyspace, by plain EVAL on a real Redis, and tells everything that came of it. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { allScripts } from '@holdfast/core';
import type { Redis } from 'ioredis';
import { afterAll, beforeAll } from 'vitest';
import { eventually } from '../support/eventually.js';
import { readKeyspace, seedKeyspace, type Keyspace } from '../support/keyspace.js';
import { uniqueNamespace } from '../support/namespace.js';
import { startRedis, type RedisServer } from '../support/redis-server.js';
import { branchesTaken, instrument, type Branch } from './instrument.js';

export type Arguments = Readonly<Record<string, string | number>>;

export interface Transition {
  readonly given?: Keyspace;
  /** Name of the script; a batch script gets a list, or one member. Each may say what its keys are called. */
  readonly run: readonly [script: string, args: Arguments | readonly Arguments[]];
  /** Process ids that somebody listens for. */
  readonly listening?: readonly string[];
  /** Run it while Redis is out of memory. */
  readonly full?: boolean;
  /** Run it while the server is a replica, which takes no writes. */
  readonly demoted?: boolean;
  /** A user to run it as, instead of the one that may do everything. */
  readonly as?: Redis;
}

export interface Outcome {
  /** What the script answered; for an error its kind, such as WRONGTYPE. */
  readonly reply: unknown;
  /** What was heard on the channels, in order, as "process: message". */
  readonly pushed: readonly string[];
  readonly after: Keyspace;
}

/** Set by `branches.spec.ts`, which runs all specs again on instrumented copies. */
export const coverage: { taken: Set<Branch> | undefined } = { taken: undefined };

export class LuaBench {
  readonly server: RedisServer;
  readonly redis: Redis;
  /** In front of every key of the test that runs now; keys are seeded and compared without it. */
  prefix = '';
  /** In front of the process ids: where they listen. */
  channelPrefix = '';
  readonly #ears: Redis;

  constructor(server: RedisServer) {
    this.server = server;
    this.redis = server.client();
    this.#ears = server.client();
  }

  async transition({
    given = {},
    run: [name, args],
    listening = [],
    full = false,
    demoted = false,
    as = this.redis,
  }: Transition): Promise<Outcome> {
    const namespace = `hf1:${uniqueNamespace()}:`;
    [this.prefix, this.channelPrefix] = [`${namespace}{n}:`, `${namespace}push:`];
    await seedKeyspace(this.redis, this.prefix, given);
    const heard = await this.#listen(listening);
    if (full) await this.redis.config('SET', 'maxmemory', '1');
    if (demoted) await this.redis.replicaof('127.0.0.1', this.server.port);
    const reply = await this.#evaluate(as, name, args);
    if (demoted) await this.redis.replicaof('NO', 'ONE');
    if (full) await this.redis.config('SET', 'maxmemory', '0');
    const pushed = await heard();
    return { reply, pushed, after: await readKeyspace(this.redis, this.prefix) };
  }

  async #evaluate(redis: Redis, name: string, args: Arguments | readonly Arguments[]): Promise<unknown> {
    const script = allScripts.find((one) => one.name === name);
    if (script === undefined) throw new Error(`no script is called ${name}`);
    const members = Array.isArray(args) ? args : [args];
    const keyNames =
      'eachKeys' in script
        ? members.flatMap((member) => script.eachKeys.map((key) => String(member[key] ?? key)))
        : [...script.keys];
    const argNames = 'eachArgs' in script ? script.eachArgs : script.args;
    const values = members.flatMap((member: Arguments) => argNames.map((arg) => valueOf(arg, member)));
    const source = coverage.taken === undefined ? script.source : instrument(name, script.source).source;
    try {
      return await redis.eval(
        source,
        keyNames.length,
        ...keyNames.map((key) => this.prefix + key),
        ...values,
      );
    } catch (error) {
      if (!(error instanceof Error)) throw error;
      return { error: error.message.split(' ')[0] };
    }
  }

  /** The function returned waits for a message of our own behind everything that the script published. */
  async #listen(processes: readonly string[]): Promise<() => Promise<string[]>> {
    if (processes.length === 0) return async () => [];
    const heard: string[] = [];
    const channels = processes.map((process) => this.channelPrefix + process);
    const hear = (channel: string, message: string): void => {
      if (channels.includes(channel))
        heard.push(`${channel.slice(this.channelPrefix.length)}: ${message.replaceAll(this.prefix, '')}`);
    };
    this.#ears.on('message', hear);
    await this.#ears.subscribe(...channels);
    return async () => {
      for (const channel of channels) await this.redis.publish(channel, 'end');
      await eventually(() => heard.filter((line) => line.endsWith(': end')).length === channels.length);
      this.#ears.off('message', hear);
      await this.#ears.unsubscribe(...channels);
      return heard.filter((line) => !line.endsWith(': end'));
    };
  }

  async close(): Promise<void> {
    const log = coverage.taken === undefined ? '' : readFileSync(join(this.server.dir, 'redis.log'), 'utf8');
    for (const branch of branchesTaken(log)) coverage.taken?.add(branch);
    await this.server.stop();
  }
}

function valueOf(arg: string, given: Arguments): string | number {
  const value = given[arg];
  if (value === undefined) throw new Error(`the argument ${arg} is missing`);
  return value;
}

/** A bench for the specs of a describe block or a file, on a server of its own. */
export function useLuaBench(args: readonly string[] = []): () => LuaBench {
  let bench: LuaBench | undefined;
  beforeAll(async () => {
    bench = new LuaBench(await startRedis({ args: ['--logfile', 'redis.log', ...args] }));
  });
  afterAll(() => bench?.close());
  return () => {
    if (bench === undefined) throw new Error('the bench is there only while tests run');
    return bench;
  };
}
