/** One process: a machine, its link to the server, an instance of Holdfast, and what acts in it. */
import { createHoldfast, type Clock, type Holdfast } from '@holdfast/core';
import { SimulatedHost } from './host.js';
import { Link } from './link.js';
import { NAMESPACE } from './lock-state.js';
import { SimulatedMachine } from './machine.js';
import { MOST_DRIFT } from './plan.js';
import type { World } from './world.js';

export class SimulatedProcess {
  readonly name: string;
  readonly machine: SimulatedMachine;
  readonly link: Link;
  readonly #world: World;
  readonly #host: SimulatedHost;
  #holdfast: Holdfast | undefined;
  leaving = false;
  /** How often somebody in it asked for a lock. */
  asked = 0;

  constructor(world: World, name: string) {
    const { prng, time, plan, server } = world;
    this.name = name;
    this.#world = world;
    const rate = 1 + MOST_DRIFT * prng.pick([-1, 1, prng.between(-1, 1)]);
    this.machine = new SimulatedMachine(time, prng.fork(), rate);
    const { repeats, inOrder, latency } = plan;
    this.link = new Link(
      { time, machine: this.machine, server, prng: prng.fork(), repeats, inOrder },
      latency,
    );
    this.#host = new SimulatedHost(this.link);
  }

  get clock(): Clock {
    return this.#host.clock;
  }

  /** What all its tokens begin with: the name of the channel that it listens on ends in it. */
  get id(): string {
    const [channel = ''] = this.#host.channels;
    return channel.slice(channel.lastIndexOf(':') + 1);
  }

  async start(): Promise<Holdfast> {
    const { plan } = this.#world;
    this.#holdfast = await createHoldfast({
      connection: { holdfastHost: 1, open: async () => this.#host },
      namespace: NAMESPACE,
      replica: this.name,
      ttl: plan.ttlMs,
      attemptTimeout: plan.attemptTimeoutMs,
      preflight: 'off',
    });
    return this.#holdfast;
  }

  get active(): boolean {
    return !this.leaving && !this.machine.dead;
  }

  /** Time passes for the code of this process. */
  rest(delayMs: number): Promise<void> {
    return new Promise((resolve) => void this.machine.startTimer(delayMs, resolve));
  }

  /** Ends as a deployment would end it. */
  async leave(graceMs: number): Promise<void> {
    this.leaving = true;
    const what = `${this.name}: close`;
    const expected = { what, withinMs: graceMs + 1_000, machine: this.machine };
    if (this.#holdfast === undefined) return;
    this.#world.trace.add(this.name, `close, grace ${Math.round(graceMs)}`);
    await this.#world.promises.outcome(expected, this.#holdfast.close(graceMs));
    this.#world.trace.add(this.name, 'closed');
  }
}
