/**
 * When a waiter is told that it is its turn: when a majority of the servers say so. Where their lines are in different
 * order no waiter may get so many; whoever was told by one server asks after a while of its own.
 */
import type { LeasePush } from '../lease/lease-store.js';
import type { CancelTimer, Clock } from '../time/clock.js';
import { majorityOf } from './majority.js';

interface Told {
  readonly by: Set<number>;
  readonly cancel: CancelTimer;
}

/** Longer than the servers take to tell of the same release, and not the same for two waiters. */
const ALONE_AFTER_MS = 15;

export class Wakes {
  readonly #clock: Clock;
  readonly #majority: number;
  readonly #deliver: (push: LeasePush) => void;
  readonly #told = new Map<string, Told>();

  constructor(clock: Clock, servers: number, deliver: (push: LeasePush) => void) {
    this.#clock = clock;
    this.#majority = majorityOf(servers);
    this.#deliver = deliver;
  }

  /** What a server pushed: that somebody's turn has come, or for how long the lock stays taken. */
  heard(push: LeasePush, server: number): void {
    if (push.kind === 'held') {
      this.#deliver(push);
      return;
    }
    const wake: LeasePush = { ...push, kind: 'wake', epoch: undefined };
    const told = this.#told.get(push.token) ?? this.#begin(wake);
    told.by.add(server);
    if (told.by.size >= this.#majority) this.#end(wake);
  }

  /** Its waiter asks anyway, or does not wait any more. */
  forget(token: string): void {
    this.#told.get(token)?.cancel();
    this.#told.delete(token);
  }

  #begin(wake: LeasePush): Told {
    const delayMs = ALONE_AFTER_MS * (1 + Math.random());
    const told = {
      by: new Set<number>(),
      cancel: this.#clock.setTimer(delayMs, () => this.#end(wake), 'unref'),
    };
    this.#told.set(wake.token, told);
    return told;
  }

  #end(wake: LeasePush): void {
    this.forget(wake.token);
    this.#deliver(wake);
  }
}
