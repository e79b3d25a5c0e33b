// How busy the machine was with something else: a loop that always does the same should always take the same time.
import { loadavg } from 'node:os';
import { median, spread } from './statistics.mjs';

const CALLS = 1_000;
const WARM_UP_CALLS = 100;
const TURNS_OF_CALL = 20_000;

export class NoiseMeter {
  #loopMs = [];
  #loads = [];

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
      loopsMs: this.#loopMs.map((ms) => Math.round(ms * 10) / 10),
      load: median(this.#loads),
      highestLoad: Math.max(...this.#loads),
    };
  }
}

function spin() {
  // Its code may have been thrown away since the last time.
  repeat(WARM_UP_CALLS);
  const startedAt = performance.now();
  repeat(CALLS);
  return performance.now() - startedAt;
}

/** Many short calls, not one long loop, which may be compiled late. What it reckons is kept, or it could be left out. */
let kept = 1;
function repeat(calls) {
  for (let call = 0; call < calls; call += 1) kept = turn(kept);
}

function turn(value) {
  let next = value;
  for (let at = 0; at < TURNS_OF_CALL; at += 1) next = (Math.imul(next, 1_664_525) + 1_013_904_223) | 0;
  return next;
}
