/** Runs one seed from its first event to its last, and says which rule was broken, if one was. */
import { Actor } from './actor.js';
import { Faults, type Town } from './faults.js';
import { Holders } from './holders.js';
import { Judge, type Violation } from './judge.js';
import { processOf } from './lock-state.js';
import type { SimulatedMachine } from './machine.js';
import { planOf } from './plan.js';
import { Prng } from './prng.js';
import { SimulatedProcess } from './process.js';
import { Promises } from './promises.js';
import type { ScriptVm } from './script-vm.js';
import { seedGlobals } from './seeded-globals.js';
import { SimulatedServer } from './server.js';
import { ServerWatch, type ServerGrant } from './server-watch.js';
import { Trace } from './trace.js';
import { VirtualTime } from './virtual-time.js';
import type { World } from './world.js';

export interface SeedResult {
  readonly seed: number;
  readonly violation: Violation | undefined;
  /** The same for every replay. */
  readonly hash: string;
  readonly events: number;
  readonly lastLines: readonly string[];
}

/** After so long everything has expired but fences: the longest ttl, a `holdAtLeast`, a queue. */
const ALL_EXPIRED_MS = 12_000;
/** In a calm seed a grant is known to its process after so long: a push, or a poll behind it. */
const GRANT_KNOWN_MS = 100;
/** What may be left: fences for a day, cards for a minute. */
const MAY_REMAIN = /:(fence|cards|heard)$/;

export async function runSeed(
  seed: number,
  vm: ScriptVm,
  print?: (line: string) => void,
): Promise<SeedResult> {
  const town = new SimulatedTown(seed, vm, print);
  const { world } = town;
  const rejected = (reason: unknown): void =>
    world.judge.violated('every outcome is typed', `unhandled rejection: ${String(reason)}`);
  const restore = seedGlobals(world.prng.fork(), world.time);
  process.on('unhandledRejection', rejected);
  try {
    await town.live();
  } finally {
    process.off('unhandledRejection', rejected);
    restore();
  }
  const { judge, trace, time } = world;
  return {
    seed,
    violation: judge.violation,
    hash: trace.hash,
    events: time.events,
    lastLines: trace.lastLines,
  };
}

class SimulatedTown implements Town {
  readonly world: World;
  readonly processes: SimulatedProcess[] = [];
  readonly #faults: Faults;
  readonly #watch: ServerWatch;
  readonly #acting: Promise<void>[] = [];
  #started = 0;
  #over = false;

  constructor(seed: number, vm: ScriptVm, print: ((line: string) => void) | undefined) {
    const prng = new Prng(seed);
    const time = new VirtualTime();
    const trace = new Trace(() => time.now, print);
    const judge = new Judge(trace);
    const server = new SimulatedServer(time, vm);
    const parts = { judge, trace };
    const overtaken = (machine: SimulatedMachine): void => this.#wakeOften(machine);
    const holders = new Holders({ ...parts, overtaken });
    const promises = new Promises(time, judge);
    const plan = planOf(prng.fork());
    this.world = { ...{ plan, prng, time, server, holders, promises, ending: false }, ...parts };
    this.#watch = new ServerWatch(server, parts, (grant) => this.#granted(grant));
    server.watch = this.#watch;
    this.#faults = new Faults(this.world, this);
  }

  async live(): Promise<void> {
    const { plan, time, judge, trace } = this.world;
    trace.add('PLAN', JSON.stringify(plan));
    for (let at = 0; at < plan.processes; at += 1) this.processes.push(this.#found());
    for (const fault of plan.faults) time.at(fault.at, () => this.#faults.happen(fault));
    time.at(plan.durationMs, () => this.#end());
    await time.run(() => this.#over || judge.violation !== undefined);
    if (!this.#over) judge.violated('every promise settles in its time', 'nothing happens any more');
  }

  replace(gone: SimulatedProcess): void {
    const place = this.processes.indexOf(gone);
    this.world.time.after(100, () => {
      if (!this.world.ending) this.processes[place] = this.#found();
    });
  }

  #found(): SimulatedProcess {
    const process = new SimulatedProcess(this.world, `p${++this.#started}`);
    const begin = async (): Promise<void> => {
      const holdfast = await process.start();
      const actors = Array.from({ length: this.world.plan.actors }, (_, number) =>
        new Actor(this.world, { process, holdfast, number }).act(),
      );
      await Promise.all(actors);
    };
    this.world.time.after(0, () => this.#acting.push(begin()));
    return process;
  }

  /** Everything is repaired, everybody comes to an end, and after a while nothing is left. */
  #end(): void {
    const { world } = this;
    world.trace.add('END', 'everything is repaired');
    world.ending = true;
    world.server.up = true;
    for (const process of this.processes) {
      this.#faults.goOn(process);
      process.link.heal();
    }
    const living = this.processes.filter(({ active }) => active);
    const leave = async (): Promise<void> => {
      await Promise.all(living.map((process) => process.leave(this.world.plan.ttlMs)));
      world.time.after(ALL_EXPIRED_MS, () => this.#nothingIsLeft());
    };
    world.time.after(world.plan.ttlMs, () => void leave());
  }

  /** The worst moment to go on is the very one at which somebody else was granted the lock. */
  #wakeOften(machine: SimulatedMachine): void {
    const process = this.processes.find((one) => one.machine === machine);
    if (process !== undefined && this.world.prng.chance(0.5)) this.#faults.goOn(process);
  }

  #nothingIsLeft(): void {
    const { server, judge } = this.world;
    server.observe();
    const left = server.keyspace.keys().filter((key) => !MAY_REMAIN.test(key));
    if (left.length > 0) judge.violated('every key ends by itself', `left: ${left.join(', ')}`);
    this.#over = true;
  }

  #granted(grant: ServerGrant): void {
    const { holders, plan, time, judge } = this.world;
    holders.granted(grant);
    if (!plan.calm || !grant.pushed) return;
    time.after(GRANT_KNOWN_MS, () => {
      const { token, lock } = grant;
      const receiver = this.processes.find(({ id }) => id === processOf(token));
      if (receiver?.active !== true || holders.hasEntered(grant) || this.#watch.hasGivenBack(token)) return;
      judge.violated(
        'a grant reaches who waits for it',
        `${lock}: ${receiver.name} does not know of ${token}`,
      );
    });
  }
}
