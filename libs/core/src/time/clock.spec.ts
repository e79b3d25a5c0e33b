import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { SystemClock } from './clock.js';

/** A machine that sleeps on command: its uptime goes on while its monotonic clock stands still. */
class Machine {
  readonly #stepMs: number;
  #monotonic = 5_009.75;
  #slept = 7_000_000;

  constructor(stepMs = 10) {
    this.#stepMs = stepMs;
  }

  pass(ms: number): void {
    this.#monotonic += ms;
  }

  sleep(ms: number): void {
    this.#slept += ms;
  }

  monotonicMs(): number {
    return this.#monotonic;
  }

  uptimeMs(): number {
    return Math.floor((this.#monotonic + this.#slept) / this.#stepMs) * this.#stepMs;
  }
}

function setUp() {
  const machine = new Machine();
  const clock = new SystemClock(machine);
  return { machine, clock, start: clock.now() };
}

describe('the clock of the machine', () => {
  it('P9 adds what was slept through, from the first look on', () => {
    const { machine, clock, start } = setUp();
    machine.pass(100);
    machine.sleep(60_000);
    expect(clock.now() - start).toBe(100);
    expect(clock.nowAfterSuspendCheck(0) - start).toBeCloseTo(60_100, -2);
    expect(clock.now() - start).toBeCloseTo(60_100, -2);
    expect(clock.nowAfterSuspendCheck(0) - start).toBeCloseTo(60_100, -2);
  });

  it('P9 looks only when the last look is older than asked for', () => {
    const { machine, clock, start } = setUp();
    machine.pass(249);
    machine.sleep(60_000);
    expect(clock.nowAfterSuspendCheck(250) - start).toBe(249);
    machine.pass(1);
    expect(clock.nowAfterSuspendCheck(250) - start).toBeCloseTo(60_250, -2);
  });

  it('P9 takes a gap of up to 100 ms for rounding, and several of them for what they are together', () => {
    const { machine, clock, start } = setUp();
    machine.sleep(90);
    expect(clock.nowAfterSuspendCheck(0) - start).toBe(0);
    machine.sleep(90);
    expect(clock.nowAfterSuspendCheck(0) - start).toBeCloseTo(180, -2);
  });

  it('P9 never sees a suspend where there was none, in whatever steps uptime counts', () => {
    fc.assert(
      fc.property(fc.array(fc.double({ min: 0, max: 5_000, noNaN: true })), (gaps) => {
        const { machine, clock, start } = setUp();
        let passed = 0;
        for (const gap of gaps) {
          machine.pass(gap);
          passed += gap;
          clock.nowAfterSuspendCheck(0);
        }
        return Math.abs(clock.now() - start - passed) < 0.001;
      }),
    );
  });

  it('P9 never goes back, whatever sleep and time do', () => {
    const step = fc.record({ pass: fc.nat(1_000), sleep: fc.nat(5_000), age: fc.constantFrom(0, 250) });
    fc.assert(
      fc.property(fc.array(step), (steps) => {
        const { machine, clock } = setUp();
        let last = clock.now();
        for (const { pass, sleep, age } of steps) {
          machine.pass(pass);
          machine.sleep(sleep);
          const now = clock.nowAfterSuspendCheck(age);
          if (now < last) return false;
          last = now;
        }
        return true;
      }),
    );
  });

  it('tells the wall clock for people', () => {
    expect(Math.abs(new SystemClock().wallNow() - Date.now())).toBeLessThan(1_000);
  });

  it('P9 arms timers that keep the process alive only when somebody awaits what they end', async () => {
    const clock = new SystemClock();
    const timers = (): number => process.getActiveResourcesInfo().filter((kind) => kind === 'Timeout').length;
    const before = timers();
    const cancelUnref = clock.setTimer(60_000, () => undefined, 'unref');
    expect(timers()).toBe(before);
    const cancelRef = clock.setTimer(60_000, () => undefined, 'ref');
    expect(timers()).toBe(before + 1);
    cancelRef();
    cancelRef();
    cancelUnref();
    expect(timers()).toBe(before);
    await new Promise<void>((resolve) => clock.setTimer(-5, resolve, 'ref'));
  });

  it('P9 keeps the process alive from the first who asks for it to the last who lets go', () => {
    const clock = new SystemClock();
    const timers = (): number => process.getActiveResourcesInfo().filter((kind) => kind === 'Timeout').length;
    const before = timers();
    for (const [on, more] of [
      [true, 1],
      [true, 1],
      [false, 1],
      [false, 0],
      [true, 1],
      [false, 0],
    ] as const) {
      clock.keepAlive(on);
      expect(timers() - before).toBe(more);
    }
  });
});
