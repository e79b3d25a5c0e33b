/** Makes happen what was planned to go wrong. */
import type { Fault } from './plan.js';
import type { SimulatedProcess } from './process.js';
import type { World } from './world.js';

/** Where processes come from and go to. */
export interface Town {
  readonly processes: readonly SimulatedProcess[];
  /** Starts a new process in the place of one that is gone. */
  replace(gone: SimulatedProcess): void;
}

/** After so long every timer that was due has fired. */
const TOLD_MS = 40;

export class Faults {
  readonly #world: World;
  readonly #town: Town;

  constructor(world: World, town: Town) {
    this.#world = world;
    this.#town = town;
  }

  happen(fault: Fault): void {
    this.#world.trace.add('FAULT', JSON.stringify(fault));
    if ('process' in fault) {
      const process = this.#town.processes[fault.process];
      if (process?.active === true && process.machine.running) this.#toProcess(fault, process);
    } else this.#toServer(fault);
  }

  #toProcess(fault: Extract<Fault, { process: number }>, process: SimulatedProcess): void {
    const { machine, link } = process;
    const { time } = this.#world;
    switch (fault.kind) {
      case 'pause':
        machine.pause();
        return this.#resumeAfter(process, fault.forMs);
      case 'sleep':
        machine.sleep();
        return this.#resumeAfter(process, fault.forMs);
      case 'partition':
        link.block(fault.toServer, fault.toClient);
        return void time.after(fault.forMs, () => (fault.ends === 'heal' ? link.heal() : this.#cut(process)));
      case 'flapping':
        link.block(false, true);
        time.after(fault.forMs, () => link.heal());
        time.after(fault.forMs + fault.gapMs, () => link.block(true, true));
        return void time.after(fault.forMs + fault.gapMs + fault.againMs, () => link.heal());
      case 'reset':
        return link.reset();
      case 'wall-clock':
        return machine.setWall(fault.byMs);
      case 'kill':
        machine.die();
        link.reset();
        return this.#town.replace(process);
      case 'leave':
        void process.leave(this.#world.plan.ttlMs).then(() => link.reset());
        return this.#town.replace(process);
    }
  }

  #toServer(fault: Exclude<Fault, { process: number }>): void {
    const { server, judge, time } = this.#world;
    switch (fault.kind) {
      case 'script-flush':
        return server.forgetScripts();
      case 'server-clock':
        judge.excuse('the server clock jumped');
        return server.setClock(fault.byMs);
      case 'restart-empty':
        judge.excuse('the server lost everything');
        server.loseEverything();
        return this.#serverAway(fault.forMs);
      case 'failover':
        judge.excuse('a replica took over');
        server.replicate();
        return void time.after(fault.lagMs, () => {
          server.failOver(fault.clockMs);
          this.#serverAway(fault.forMs);
        });
    }
  }

  #serverAway(forMs: number): void {
    const { server, time } = this.#world;
    server.up = false;
    for (const { link } of this.#town.processes) link.reset();
    time.after(forMs, () => (server.up = true));
  }

  #cut({ link }: SimulatedProcess): void {
    link.reset();
    link.block(false, false);
  }

  #resumeAfter(process: SimulatedProcess, forMs: number): void {
    this.#world.time.after(forMs, () => this.goOn(process));
  }

  /** The first instruction asks whether it still holds; if not that, something else notices the sleep. */
  goOn(process: SimulatedProcess): void {
    const { machine, name, clock } = process;
    const { time, holders, trace, prng } = this.#world;
    if (machine.running || machine.dead) return;
    // Whatever wakes it: nobody notices a shorter sleep.
    if (machine.sleepsOnMs > 0) return void time.after(machine.sleepsOnMs, () => this.goOn(process));
    trace.add(name, 'goes on');
    machine.resume(() => {
      if (prng.chance(0.5)) holders.woke(machine);
      clock.nowAfterSuspendCheck(Infinity);
      const { stoppedMs } = machine;
      time.after(TOLD_MS, () => {
        if (machine.running && machine.stoppedMs === stoppedMs) holders.hasComeRound(machine);
      });
    });
  }
}
