import { createHoldfast, LockAbortedError, LockRefusedError } from '@holdfast/core';
import { embedded, SettableClock } from '@holdfast/embedded';
import { describe, expect, it, onTestFinished } from 'vitest';
import { faulty } from './faulty.js';

const BATCH = 'lease/batch';

async function setUp() {
  const clock = new SettableClock();
  const server = embedded({ clock });
  const connection = faulty(server);
  const open = (replica: string, through = connection) =>
    createHoldfast({ connection: through, namespace: 'test', replica, ttl: '3s', attemptTimeout: 100 });
  const [one, other] = [await open('one'), await open('other', faulty(server))];
  onTestFinished(async () => {
    connection.faults.heal();
    const closed = Promise.all([one.close(0), other.close(0)]);
    await clock.advance('5s');
    await closed;
  });
  const keys = (): string[] =>
    Object.keys(server.controls.dump()).filter((key) => /:(lock|queue)$/.test(key));
  connection.faults.resetCounts();
  return { clock, server, faults: connection.faults, one, other, keys };
}

describe('faulty()', () => {
  it('changes nothing while no fault is on, and counts calls by script', async () => {
    const { faults, one, other } = await setUp();
    const lease = await one.locks.acquire('job');
    expect(await other.locks.tryAcquire('job')).toBeUndefined();
    expect(await lease.release()).toBe('released');
    expect(faults.calls).toEqual({ [BATCH]: 2 });
    expect(faults.callsOf('lease/renew')).toBe(0);
    faults.resetCounts();
    expect(faults.calls).toEqual({});
  });

  it('wraps a host that is open already', async () => {
    const clock = new SettableClock();
    const host = await embedded({ clock }).open({ namespace: 'test', report: () => undefined });
    const connection = faulty(host);
    const { locks, close } = await createHoldfast({ connection, namespace: 'test', preflight: 'off' });
    expect(await locks.run('job', () => 'ran')).toBe('ran');
    expect(connection.faults.callsOf(BATCH)).toBe(2);
    await close();
  });

  it('drops a reply to a call that was executed, and the lock is found to be ours', async () => {
    const { clock, faults, one, other, keys } = await setUp();
    faults.dropReplies({ script: BATCH, times: 1 });
    const asked = one.locks.acquire('job');
    await clock.settle();
    expect(keys()).toHaveLength(1);
    expect(await other.locks.tryAcquire('job')).toBeUndefined();
    await clock.advance(100);
    expect((await asked).held).toBe(true);
    expect(faults.callsOf(BATCH)).toBe(2);
  });

  it('fails calls with a condition, for as many calls as it was told', async () => {
    const { clock, faults, one } = await setUp();
    faults.fail('loading', { script: BATCH, times: 2 });
    const asked = one.locks.acquire('job');
    await clock.advance(200);
    expect((await asked).held).toBe(true);
    expect(faults.callsOf(BATCH)).toBe(3);
    faults.fail('no-permission', { script: BATCH, times: 1 });
    await expect(one.locks.acquire('job 2')).rejects.toThrow(LockRefusedError);
    expect((await one.locks.acquire('job 2')).held).toBe(true);
  });

  it('fails calls that were executed, and they leave no lock', async () => {
    const { clock, faults, one, keys } = await setUp();
    faults.fail('disconnected', { script: BATCH, executed: true });
    const refusal = one.locks.acquire('job', { wait: 150 }).catch((error: unknown) => error);
    await clock.settle();
    expect(keys()).toHaveLength(1);
    await clock.advance(200);
    expect(await refusal).toMatchObject({ condition: 'disconnected' });
    expect(keys()).toEqual([]);
  });

  it('loses the connection and finds it again with the next epoch', async () => {
    const { clock, faults, one } = await setUp();
    const lease = await one.locks.acquire('job');
    const open = one.locks.acquire('job', { wait: 'forever' });
    await clock.settle();
    faults.disconnect();
    const refusal = one.locks.acquire('job 2', { wait: 0 }).catch((error: unknown) => error);
    await clock.advance('3s');
    expect(await refusal).toMatchObject({ condition: 'disconnected' });
    expect(lease.signal.reason).toMatchObject({ code: 'ERR_LOCK_LOST', reason: 'expired' });
    faults.reconnect();
    await clock.advance('1s');
    const next = await open;
    expect(next.fence).toBeGreaterThan(lease.fence);
  });

  it('delays calls, and the lease counts from when they were sent', async () => {
    const { clock, faults, one, keys } = await setUp();
    faults.delayCalls(50);
    const asked = one.locks.acquire('job');
    await clock.advance(49);
    expect(keys()).toEqual([]);
    await clock.advance(1);
    expect((await asked).remainingMs).toBe(3_000 - 32 - 50);
  });

  it('delays replies, and neither calls nor replies overtake each other', async () => {
    const { clock, faults, one, keys } = await setUp();
    faults.delayReplies(50);
    const order: string[] = [];
    const first = one.locks.acquire('job').then(() => order.push('first'));
    await clock.advance(10);
    expect(keys()).toHaveLength(1);
    faults.delayReplies(0);
    const second = one.locks.acquire('job 2').then(() => order.push('second'));
    await clock.advance(39);
    expect(order).toEqual([]);
    await clock.advance(1);
    await Promise.all([first, second]);
    expect(order).toEqual(['first', 'second']);
  });

  it('sends a call again that the server did not know, unless its caller gave up', async () => {
    const { clock, faults, one, keys } = await setUp();
    faults.forgetScripts({ script: BATCH });
    const asked = one.locks.acquire('job');
    await clock.advance(1);
    expect((await asked).held).toBe(true);
    const caller = new AbortController();
    const refusal = one.locks.acquire('job 2', { signal: caller.signal }).catch((error: unknown) => error);
    await clock.settle();
    caller.abort();
    expect(await refusal).toBeInstanceOf(LockAbortedError);
    await clock.advance(10);
    expect(keys()).toHaveLength(1);
  });
});

describe('pushes on a faulty host', () => {
  /** A waiter behind a holder on another instance; the waiter's network is the faulty one. */
  async function waiting() {
    const scene = await setUp();
    const holder = await scene.other.locks.acquire('job');
    const grants: string[] = [];
    const asked = scene.one.locks.acquire('job').then((lease) => {
      grants.push('granted');
      return lease;
    });
    await scene.clock.settle();
    return { ...scene, holder, asked, grants };
  }

  it('that are held come when they are released', async () => {
    const { clock, faults, holder, asked, grants } = await waiting();
    faults.holdPushes();
    await holder.release();
    await clock.advance(500);
    expect(grants).toEqual([]);
    faults.releasePushes();
    await clock.settle();
    expect((await asked).held).toBe(true);
  });

  it('that are lost cost a poll', async () => {
    const { clock, faults, holder, asked, grants } = await waiting();
    faults.dropPushes();
    await holder.release();
    await clock.advance(900);
    expect(grants).toEqual([]);
    await clock.advance(200);
    expect((await asked).held).toBe(true);
  });

  it('that come twice grant once', async () => {
    const { clock, faults, holder, asked, other } = await waiting();
    faults.duplicatePushes();
    await holder.release();
    const lease = await asked;
    await clock.advance('9s');
    expect(lease.held).toBe(true);
    expect(await other.locks.tryAcquire('job')).toBeUndefined();
    expect(await lease.release()).toBe('released');
  });
});
