// How busy the machine was with something else: a loop that always does the same should always take the same time.
import { loadavg } from 'node:os';
import { median, spread } from './statistics.mjs';

const TURNS = 20_000_000;

export class NoiseMeter {
  #loopMs = [];
  #loads = [];

  constructor() {
    // The first times it is compiled on the way.
    for (let time = 0; time < 3; time += 1) spin();
  }

  /** Call it before the first round and after each. */
  listen() {
    this.#loads.push(loadavg()[0]);
    this.#loopMs.push(spin());
  }

  report() {
    return {
      loopMs: median(this.#loopMs),
      loopSpread: spread(this.#loopMs),
      slowestLoop: Math.max(...this.#loopMs) / Math.min(...this.#loopMs),
      load: median(this.#loads),
      highestLoad: Math.max(...this.#loads),
    };
  }
}

function spin() {
  const startedAt = performance.now();
  let value = 1;
  for (let turn = 0; turn < TURNS; turn += 1) value = (value * 1_664_525 + 1_013_904_223) | 0;
  // Its result is used, or the loop could be left out.
  return performance.now() - startedAt + (value === 0.5 ? 1 : 0);
}
