/** Servers in this process on a clock that the test moves, and instances that work on a quorum of them. */
import { createHoldfast, quorum, type Holdfast, type HoldfastOptions } from '@holdfast/core';
import { embedded, SettableClock, type ConnectionControls, type EmbeddedProvider } from '@holdfast/embedded';
import { faulty, type FaultyProvider } from '@holdfast/testing';
import { onTestFinished } from 'vitest';

export const LONGEST_TTL_MS = 2_000;
/** What a server that lost something stays away for, with the drift of clocks. */
export const ABSENT_MS = 2_022;
const STEP_MS = 5;

/** An instance, with its connection to each server. */
export interface Member {
  readonly holdfast: Holdfast;
  readonly lines: readonly ConnectionControls[];
}

/** One of the servers. */
export interface EmbeddedServer {
  readonly provider: EmbeddedProvider;
  readonly faults: FaultyProvider['faults'];
}

export class EmbeddedQuorum {
  readonly clock = new SettableClock();
  readonly namespace = 'town';
  readonly #servers: readonly (EmbeddedServer & { readonly connection: FaultyProvider })[];

  constructor(count = 3) {
    this.#servers = Array.from({ length: count }, () => {
      const provider = embedded({ clock: this.clock });
      const connection = faulty(provider);
      return { provider, connection, faults: connection.faults };
    });
  }

  /** Servers that have had their seats for long enough to vote. */
  static async seated(count = 3): Promise<EmbeddedQuorum> {
    const servers = new EmbeddedQuorum(count);
    const first = await servers.join();
    await servers.pass(ABSENT_MS);
    await servers.settle(first.holdfast.close(0));
    return servers;
  }

  server(at: number): EmbeddedServer {
    const server = this.#servers[at];
    if (server === undefined) throw new Error(`there is no server ${at}`);
    return server;
  }

  /** Another instance, as another process would be one. */
  async join(options: Partial<Omit<HoldfastOptions, 'connection'>> = {}): Promise<Member> {
    const { namespace } = this;
    const connection = quorum(
      this.#servers.map((server) => server.connection),
      { longestTtl: LONGEST_TTL_MS },
    );
    // Their VMs are compiled in time that no clock of ours moves.
    await Promise.all(
      this.#servers.map(({ provider }) => provider.controls.evaluate({ source: 'return 1' })),
    );
    const opened = createHoldfast({ ttl: 1_000, preflight: 'off', connection, namespace, ...options });
    const holdfast = await this.settle(opened);
    onTestFinished(async () => {
      await this.settle(holdfast.close(0));
    });
    const lines = this.#servers.flatMap(({ provider }) => provider.controls.connections.at(-1) ?? []);
    return { holdfast, lines };
  }

  pass(ms: number): Promise<void> {
    return this.clock.advance(ms);
  }

  /** Lets time pass until `promise` is settled. */
  async settle<T>(promise: Promise<T>, withinMs = 10_000): Promise<T> {
    let settled = false;
    const end = (): void => {
      settled = true;
    };
    promise.then(end, end);
    for (let passed = 0; passed <= withinMs; passed += STEP_MS) {
      await this.clock.settle();
      if (settled) return promise;
      await this.clock.advance(STEP_MS);
    }
    throw new Error(`not settled within ${withinMs} ms`);
  }

  /** On which servers the lock is taken. */
  takenOn(lockName: string): number[] {
    return [...this.#servers.keys()].filter((at) => this.lockOn(at, lockName) !== undefined);
  }

  /** Whose token holds the lock on one server. */
  lockOn(at: number, lockName: string): string | undefined {
    const held = this.server(at).provider.controls.command('GET', `hf1:town:{${lockName}}:lock`);
    return typeof held === 'string' ? held : undefined;
  }

  /** A server loses everything, as one without persistence does that is started again. */
  empty(at: number): void {
    const { controls } = this.server(at).provider;
    controls.flushAll();
    controls.restart();
  }
}
