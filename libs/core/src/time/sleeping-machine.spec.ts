/** P9, what a machine that slept does with the first instruction after it, however fresh its last look at uptime is. */
import { AsyncLocalStorage } from 'node:async_hooks';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { SystemClock, type CancelTimer, type ClockSources } from './clock.js';

/** What leases ask with: a look may be so old. */
const LOOK_MS = 250;
const UPTIME_STEP_MS = 10;

/** All its clocks, and timers that count monotonic time, as those of Node do. */
class Machine implements ClockSources {
  #monotonic = 5_009.75;
  #slept = 7_000_000;
  #wall = Date.UTC(2026, 0, 1);
  readonly #timers = new Set<{ readonly dueAt: number; readonly fire: () => void }>();

  pass(ms: number): void {
    this.#monotonic += ms;
    this.#wall += ms;
    for (const timer of this.#timers) {
      if (timer.dueAt <= this.#monotonic && this.#timers.delete(timer)) timer.fire();
    }
  }

  sleep(ms: number): void {
    this.#slept += ms;
    this.#wall += ms;
  }

  setWall(byMs: number): void {
    this.#wall += byMs;
  }

  monotonicMs(): number {
    return this.#monotonic;
  }

  uptimeMs(): number {
    return Math.floor((this.#monotonic + this.#slept) / UPTIME_STEP_MS) * UPTIME_STEP_MS;
  }

  wallMs(): number {
    return Math.floor(this.#wall);
  }

  startTimer(delayMs: number, fire: () => void): CancelTimer {
    const timer = { dueAt: this.#monotonic + delayMs, fire };
    this.#timers.add(timer);
    return () => void this.#timers.delete(timer);
  }
}

function setUp() {
  const machine = new Machine();
  const clock = new SystemClock(machine);
  return { machine, clock, start: clock.now() };
}

describe('the clock of a machine that slept', () => {
  it('P9 notices at once, also right behind a look', () => {
    const { machine, clock, start } = setUp();
    machine.pass(1_000);
    clock.nowAfterSuspendCheck(0);
    machine.sleep(2_000);
    expect(clock.nowAfterSuspendCheck(LOOK_MS) - start).toBeCloseTo(3_000, -2);
  });

  it('F25 takes a wall clock that was set for no sleep, whichever way', () => {
    for (const byMs of [60_000, -60_000, 86_400_000]) {
      const { machine, clock, start } = setUp();
      machine.pass(1_000);
      machine.setWall(byMs);
      expect(clock.nowAfterSuspendCheck(LOOK_MS) - start).toBe(1_000);
      machine.pass(10_000);
      expect(clock.nowAfterSuspendCheck(LOOK_MS) - start).toBe(11_000);
    }
  });

  it('P9 notices a sleep behind which the wall clock was set, unless it was set by just as much', () => {
    const { machine, clock, start } = setUp();
    machine.sleep(20_000);
    machine.setWall(-60_000);
    expect(clock.nowAfterSuspendCheck(LOOK_MS) - start).toBeCloseTo(20_000, -2);
    machine.sleep(20_000);
    machine.setWall(-20_000);
    machine.pass(LOOK_MS);
    expect(clock.nowAfterSuspendCheck(LOOK_MS) - start).toBeCloseTo(40_250, -2);
  });

  it('P9 adds at least what was slept, and a step of uptime more at most, whatever is done to the wall clock', () => {
    const step = fc.record({
      pass: fc.double({ min: 0, max: 500, noNaN: true }),
      sleep: fc.oneof(fc.constant(0), fc.double({ min: 200, max: 2_000, noNaN: true })),
      wall: fc.integer({ min: -90_000, max: 90_000 }),
    });
    fc.assert(
      fc.property(fc.array(step), (steps) => {
        const { machine, clock, start } = setUp();
        let real = 0;
        let sleeps = 0;
        for (const { pass, sleep, wall } of steps) {
          machine.pass(pass);
          machine.sleep(sleep);
          machine.setWall(wall);
          real += pass + sleep;
          if (sleep > 0) sleeps += 1;
          const ahead = clock.nowAfterSuspendCheck(0) - start - real;
          if (ahead < -0.001 || ahead > sleeps * 2 * UPTIME_STEP_MS + 0.001) return false;
        }
        return true;
      }),
    );
  });
});

describe('a timer that was armed before a sleep', () => {
  it('P9 fires when its time is over by the clock, as soon as anybody notices', () => {
    const { machine, clock } = setUp();
    const fired: string[] = [];
    clock.setTimer(1_000, () => fired.push('due in the sleep'), 'unref');
    clock.setTimer(5_000, () => fired.push('due after it'), 'unref');
    clock.setTimer(1_000, () => fired.push('cancelled'), 'unref')();
    machine.pass(400);
    machine.sleep(2_000);
    clock.nowAfterSuspendCheck(LOOK_MS);
    machine.pass(2);
    expect(fired).toEqual(['due in the sleep']);
    machine.pass(2_570);
    expect(fired).toEqual(['due in the sleep']);
    machine.pass(2 * UPTIME_STEP_MS);
    expect(fired).toEqual(['due in the sleep', 'due after it']);
  });

  it('P9 is noticed by the first timer that fires, of whatever purpose', () => {
    const { machine, clock } = setUp();
    const fired: number[] = [];
    clock.setTimer(10, () => undefined, 'unref');
    clock.setTimer(9_000, () => fired.push(clock.now()), 'unref');
    machine.sleep(20_000);
    machine.pass(10);
    machine.pass(1);
    expect(fired).toHaveLength(1);
  });

  it('P9 can be cancelled afterwards, and fires in nobody’s context', () => {
    const { machine, clock } = setUp();
    const context = new AsyncLocalStorage<string>();
    const seen: (string | undefined)[] = [];
    const cancel = clock.setTimer(1_000, () => seen.push('cancelled'), 'unref');
    clock.setTimer(1_000, () => seen.push(context.getStore()), 'unref');
    machine.sleep(2_000);
    context.run('a request', () => clock.nowAfterSuspendCheck(LOOK_MS));
    cancel();
    machine.pass(1);
    expect(seen).toEqual([undefined]);
  });
});
