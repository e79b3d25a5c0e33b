/** P9 for whoever holds: a machine that slept longer than the ttl wakes up without its leases, and finds out first. */
import { describe, expect, it } from 'vitest';
import { acquire, demandOf } from '../../../../test/integration/protocol/support/engine-bench.js';
import { loneLease } from '../../../../test/integration/protocol/support/lone-lease.js';
import { ScriptedStore } from '../../../../test/integration/protocol/support/scripted-store.js';
import type { LeaseEventDetails } from '../events.js';
import { LeaseLostError } from '../index.js';
import { SystemClock, type CancelTimer, type ClockSources } from '../time/clock.js';
import { LeaseEngine } from './lease-engine.js';
import { TokenSource } from './token-source.js';

const TTL_MS = 10_000;
/** How old a look of a lease may be. */
const LOOK_MS = 250;

/** Its monotonic clock stands still while it sleeps, as do its timers; its uptime goes on. */
class Machine implements ClockSources {
  #monotonic = 5_009.75;
  #slept = 7_000_000;

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
    return Math.floor((this.#monotonic + this.#slept) / 10) * 10;
  }
}

/** The clock of the machine itself; only its timers fire by hand. */
class MachineClock extends SystemClock {
  readonly #timers = new Set<{ readonly delayMs: number; readonly fire: () => void }>();

  override setTimer(delayMs: number, fire: () => void): CancelTimer {
    const timer = { delayMs, fire };
    this.#timers.add(timer);
    return () => this.#timers.delete(timer);
  }

  /** The timer of the watchdog: what was armed last, for what a call was armed for is left behind it. */
  get watchdog(): { readonly delayMs: number; readonly fire: () => void } {
    const timer = [...this.#timers].at(-1);
    if (timer === undefined) throw new Error('no timer is armed');
    return {
      delayMs: timer.delayMs,
      fire: () => {
        this.#timers.delete(timer);
        timer.fire();
      },
    };
  }
}

/** A lease that nobody asked for as long as a look may be old, on a machine that then slept for two ttls. */
function sleptThrough() {
  const machine = new Machine();
  const clock = new SystemClock(machine);
  const { told, lease } = loneLease(clock, { ttlMs: TTL_MS });
  machine.pass(LOOK_MS);
  machine.sleep(2 * TTL_MS);
  return { clock, lease, told };
}

/** A lease of an engine on such a machine, and the one timer that watches it. */
async function watched() {
  const machine = new Machine();
  const clock = new MachineClock(machine);
  const store = new ScriptedStore(clock);
  const events: LeaseEventDetails[] = [];
  const engine = new LeaseEngine({
    store,
    clock,
    tokens: new TokenSource(),
    attemptTimeoutMs: 1_000,
    publish: (details) => events.push(details()),
    log: () => undefined,
  });
  const asked = acquire(engine, demandOf({ waitMs: 0, ttlMs: TTL_MS }));
  store.last.grant();
  const granted = await asked;
  if (granted.outcome !== 'granted') throw new Error('was not granted');
  return { machine, clock, store, events, engine, lease: granted.lease };
}

describe('a lease on a machine that slept for two ttls', () => {
  it('P9 is lost for the first who asserts that it is held', () => {
    const { lease, told } = sleptThrough();
    expect(() => lease.assertHeld()).toThrow(LeaseLostError);
    expect(lease.endError).toMatchObject({ code: 'ERR_LOCK_LOST', reason: 'expired', fence: 7 });
    expect(told).toEqual(['lost expired']);
  });

  it('P9 has its signal aborted for the first who reads it', () => {
    const { lease, told } = sleptThrough();
    const { signal } = lease;
    expect(signal.aborted).toBe(true);
    expect(signal.reason).toMatchObject({ code: 'ERR_LOCK_LOST', reason: 'expired' });
    expect(told).toEqual(['lost expired']);
  });

  it('P9 is not held for the first who asks that, nor does anything remain of it', () => {
    expect(sleptThrough().lease.held).toBe(false);
    expect(sleptThrough().lease.remainingMs).toBe(0);
    expect(sleptThrough().lease.endError).toMatchObject({ reason: 'expired' });
  });

  it('P9 is not brought back by the first renewal that is confirmed afterwards', () => {
    const { clock, lease } = sleptThrough();
    lease.renewed(clock.now());
    expect(lease.endError).toMatchObject({ reason: 'expired' });
  });
});

describe('the watchdog of a machine that slept for two ttls', () => {
  it('P9 tells the holder with its next timer, without anybody asking, however fresh the last look is', async () => {
    const { machine, clock, store, events, engine, lease } = await watched();
    const { delayMs, fire } = clock.watchdog;
    machine.pass(delayMs - LOOK_MS / 2);
    clock.nowAfterSuspendCheck(0);
    const { signal } = lease;
    expect(signal.aborted).toBe(false);
    machine.sleep(2 * TTL_MS);
    machine.pass(LOOK_MS / 2);
    fire();
    expect(signal.aborted).toBe(true);
    expect(signal.reason).toMatchObject({ code: 'ERR_LOCK_LOST', reason: 'expired' });
    expect(events.at(-1)).toMatchObject({ type: 'lost', reason: 'expired' });
    expect(store.renewals).toEqual([]);
    expect(engine.load).toEqual({ held: 0, waiting: 0 });
  });

  it('P9 renews as ever on a machine that did not sleep', async () => {
    const { machine, clock, store, engine, lease } = await watched();
    const { delayMs, fire } = clock.watchdog;
    machine.pass(delayMs);
    fire();
    expect(store.renewals).toHaveLength(1);
    expect([lease.held, engine.load.held]).toEqual([true, 1]);
  });
});
