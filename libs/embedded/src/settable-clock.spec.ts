import { AsyncLocalStorage } from 'node:async_hooks';
import { describe, expect, it } from 'vitest';
import { SettableClock } from './settable-clock.js';

describe('SettableClock', () => {
  it('stands still until it is moved, and moves both of its times alike', async () => {
    const clock = new SettableClock({ wallStart: 5_000 });
    const before = clock.now();
    expect([clock.now(), clock.wallNow()]).toEqual([before, 5_000]);
    await clock.advance('2s');
    expect([clock.now(), clock.wallNow()]).toEqual([before + 2_000, 7_000]);
  });

  it('fires timers in the order of their times, each at its own time', async () => {
    const clock = new SettableClock();
    const start = clock.now();
    const fired: [string, number][] = [];
    const note = (name: string) => () => fired.push([name, clock.now() - start]);
    clock.setTimer(30, note('third'), 'ref');
    clock.setTimer(10, note('first'), 'unref');
    clock.setTimer(10, note('second'), 'ref');
    clock.setTimer(31, note('later'), 'ref');
    await clock.advance(30);
    expect(fired).toEqual([
      ['first', 10],
      ['second', 10],
      ['third', 30],
    ]);
    expect(clock.pendingTimers).toBe(1);
  });

  it('lets waiting code run on between two timers', async () => {
    const clock = new SettableClock();
    const steps: string[] = [];
    const sleep = (ms: number) => new Promise<void>((resolve) => void clock.setTimer(ms, resolve, 'ref'));
    void (async () => {
      await sleep(10);
      await Promise.resolve();
      steps.push('woke at 10, and sleeps again');
      await sleep(10);
      steps.push('woke at 20');
    })();
    clock.setTimer(15, () => steps.push('timer at 15'), 'ref');
    await clock.advance(20);
    expect(steps).toEqual(['woke at 10, and sleeps again', 'timer at 15', 'woke at 20']);
  });

  it('forgets a cancelled timer', async () => {
    const clock = new SettableClock();
    let fired = false;
    const cancel = clock.setTimer(5, () => (fired = true), 'ref');
    cancel();
    cancel();
    expect(clock.pendingTimers).toBe(0);
    await clock.advance(10);
    expect(fired).toBe(false);
  });

  it('jumps without letting anybody run; what came due fires late', async () => {
    const clock = new SettableClock();
    const start = clock.now();
    const fired: number[] = [];
    clock.setTimer(10, () => fired.push(clock.now() - start), 'ref');
    clock.jump('1s');
    expect(fired).toEqual([]);
    await clock.advance(0);
    expect(fired).toEqual([1_000]);
  });

  it('throws what a timer throws, and can go on', async () => {
    const clock = new SettableClock();
    clock.setTimer(
      1,
      () => {
        throw new Error('from the timer');
      },
      'ref',
    );
    await expect(clock.advance(5)).rejects.toThrow('from the timer');
    await clock.advance(5);
    expect(clock.pendingTimers).toBe(0);
  });

  it('refuses to be moved by two at a time', async () => {
    const clock = new SettableClock();
    const first = clock.advance(5);
    await expect(clock.advance(5)).rejects.toThrow('await it first');
    await first;
  });

  it('fires a timer in the async context that armed it', async () => {
    const clock = new SettableClock();
    const context = new AsyncLocalStorage<string>();
    let seen: string | undefined;
    context.run('armed here', () => clock.setTimer(1, () => (seen = context.getStore()), 'ref'));
    await context.run('moved here', () => clock.advance(1));
    expect(seen).toBe('armed here');
  });
});
