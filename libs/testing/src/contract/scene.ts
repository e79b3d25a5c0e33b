/**
 * The stage of one contract test: opens instances, lets time pass until something is true, and at the end closes
 * everything and looks for what was left behind. Nothing here waits without letting time pass, so the same test runs on
 * real time and on a settable clock.
 */
import assert from 'node:assert/strict';
import type { Holdfast } from '@holdfast/core';
import type { LeftKey, MayStay } from './remains.js';
import type { ContractSubject, ContractSuite, InstanceOptions, MortalHoldfast } from './subject.js';
import { Watched } from './watched.js';

const STEP_MS = 5;
const PATIENCE_MS = 10_000;

/** An error class of core: `LockBusyError` and so on. */
export interface ErrorKind<E> {
  readonly name: string;
  is(error: unknown): error is E;
}

export class Scene {
  readonly ttlMs: number;
  readonly #subject: ContractSubject;
  readonly #instances: Holdfast[] = [];
  #somebodyDied = false;

  constructor(subject: ContractSubject, ttlMs: number) {
    this.#subject = subject;
    this.ttlMs = ttlMs;
  }

  /** Another instance, as another process would be one. */
  async instance(options: InstanceOptions = {}): Promise<Holdfast> {
    const holdfast = await this.#subject.open({ ...this.#defaults, ...options });
    this.#instances.push(holdfast);
    return holdfast;
  }

  /** Instances called `replica-1` and so on. */
  async instances(count: number): Promise<Holdfast[]> {
    const opened: Holdfast[] = [];
    while (opened.length < count)
      opened.push(await this.instance({ replica: `replica-${opened.length + 1}` }));
    return opened;
  }

  /** Two of them, called `one` and `other`. */
  async pair(): Promise<[Holdfast, Holdfast]> {
    return [await this.instance({ replica: 'one' }), await this.instance({ replica: 'other' })];
  }

  async mortal(options: InstanceOptions = {}): Promise<MortalHoldfast> {
    const mortal = await this.#subject.openMortal({ ...this.#defaults, ...options });
    this.#instances.push(mortal.holdfast);
    const die = async (): Promise<void> => {
      this.#somebodyDied = true;
      await mortal.die();
    };
    return { holdfast: mortal.holdfast, die, revive: () => mortal.revive() };
  }

  passTime(ms: number): Promise<void> {
    return this.#subject.passTime(ms);
  }

  /** Lets time pass until the answer is true. */
  async until(what: string, ask: () => boolean | Promise<boolean>, withinMs = PATIENCE_MS): Promise<void> {
    for (let passed = 0; !(await ask()); passed += STEP_MS) {
      if (passed > withinMs) assert.fail(`${what}: not true within ${withinMs} ms`);
      await this.passTime(STEP_MS);
    }
  }

  /** Lets time pass until `promise` is settled, and gives its value. */
  async arrives<T>(promise: PromiseLike<T>, withinMs = PATIENCE_MS): Promise<T> {
    const watched = new Watched(promise);
    await this.until('the promise settles', () => watched.settled, withinMs);
    const { progress } = watched;
    if (progress.state === 'value') return progress.value;
    throw progress.state === 'error' ? progress.error : new Error('a settled promise has an outcome');
  }

  /** Says that the outcome of `promise` is looked at later, so that a rejection until then is not unhandled. */
  later<T>(promise: Promise<T>): Promise<T> {
    promise.catch(() => undefined);
    return promise;
  }

  /** Lets time pass until `promise` is rejected with an error of that kind, and gives the error. */
  async fails<E>(promise: PromiseLike<unknown>, kind: ErrorKind<E>, withinMs = PATIENCE_MS): Promise<E> {
    const outcome = await this.arrives(
      promise.then(
        (value) => ({ value }),
        (error: unknown) => ({ error }),
      ),
      withinMs,
    );
    if (!('error' in outcome)) assert.fail(`expected ${kind.name}, got a value: ${String(outcome.value)}`);
    if (!kind.is(outcome.error)) assert.fail(`expected ${kind.name}, got ${String(outcome.error)}`);
    return outcome.error;
  }

  /** Waits until `count` processes stand in line, as `observer` sees it. */
  async inLine(observer: Holdfast, lockName: string, count: number): Promise<void> {
    await this.until(`${count} in line for ${lockName}`, async () => {
      const { waiting } = await observer.locks.inspect(lockName);
      return waiting === count;
    });
  }

  keys(): Promise<readonly string[]> {
    return this.#subject.keys();
  }

  /** The keys that stand for a lock that is held. */
  async lockKeys(): Promise<readonly string[]> {
    return (await this.keys()).filter((key) => key.endsWith(':lock'));
  }

  /** Everything of locks beside the fence counters, which stay for a day as documented. */
  async traces(): Promise<readonly string[]> {
    return (await this.keys()).filter((key) => !key.endsWith(':fence') && !key.includes(':process:'));
  }

  /** Lets time pass until no lock, no queue and no waiter is left. */
  leavesNothing(withinMs?: number): Promise<void> {
    return this.until('nothing is left', async () => (await this.traces()).length === 0, withinMs);
  }

  /** Takes the lock away from whoever holds one, as an administrator with DEL would. */
  async deleteLocks(): Promise<void> {
    await this.#subject.deleteKeys(await this.lockKeys());
  }

  deleteKeys(keys: readonly string[]): Promise<void> {
    return this.#subject.deleteKeys(keys);
  }

  /** How long each key that is there will still be. */
  async leftKeys(): Promise<readonly LeftKey[]> {
    const keys = await this.keys();
    return Promise.all(keys.map(async (key) => ({ key, remainingMs: await this.#subject.remainingMs(key) })));
  }

  /** Closes everything; every key that is left ends by itself, and unless somebody died it is one that may stay. */
  async end(mayStay: MayStay): Promise<void> {
    await this.arrives(Promise.all(this.#instances.map((instance) => instance.close(0))));
    const left = await this.leftKeys();
    const endless = left.filter(({ remainingMs }) => remainingMs === undefined);
    assert.deepEqual(endless, [], 'a test left keys that never end');
    if (this.#somebodyDied) return;
    const strange = left.filter((one) => !mayStay(one));
    assert.deepEqual(strange, [], 'a test left keys behind');
  }

  get #defaults(): InstanceOptions {
    return { ttl: this.ttlMs, preflight: 'off', shutdownGrace: 0 };
  }
}

/** Plays one test on a store of its own and cleans up after it. */
export async function play(
  suite: ContractSuite,
  mayStay: MayStay,
  act: (scene: Scene) => Promise<void>,
): Promise<void> {
  const subject = await suite.open();
  const scene = new Scene(subject, suite.ttlMs ?? 1_000);
  try {
    await act(scene);
    await scene.end(mayStay);
  } catch (error) {
    // The test's own error is the news; whatever the end says after it is its consequence.
    await scene.end(mayStay).catch(() => undefined);
    throw error;
  } finally {
    await subject.close();
  }
}
