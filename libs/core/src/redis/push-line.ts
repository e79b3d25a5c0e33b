/** Channels of a host: subscribed on the connection that carries the calls if that speaks RESP3, else on a second one. */
import type { Redis } from 'ioredis';
import { endOf } from './connection.js';
import { isServerReply } from './ioredis-outcomes.js';
import type { PushedMessage } from './script-host.js';
import type { Clock } from '../time/clock.js';

type Listener = (message: PushedMessage) => void;

export class PushLine {
  readonly #calls: Redis;
  readonly #openSecond: () => Redis;
  readonly #epoch: () => number;
  readonly #listeners = new Map<string, Listener>();
  #second: Redis | undefined;
  #closed = false;

  constructor(calls: Redis, openSecond: () => Redis, epoch: () => number) {
    this.#calls = calls;
    this.#openSecond = openSecond;
    this.#epoch = epoch;
    calls.on('message', (channel: string, payload: string) =>
      this.#deliver(channel, { payload, epoch: this.#epoch() }),
    );
  }

  /** Adds a channel; `connected` says whether it has to be subscribed now or will be with the next connect. */
  async subscribe(channel: string, listener: Listener, connected: boolean): Promise<void> {
    this.#listeners.set(channel, listener);
    if (connected) await this.open();
  }

  /**
   * Subscribes everything on a fresh connection. A user without channel rights gets no pushes, which costs him
   * polls and nothing else, so no trouble here is an error.
   */
  async open(): Promise<void> {
    const channels = [...this.#listeners.keys()];
    if (channels.length === 0) return;
    const protocol = await this.#protocol();
    if (this.#closed || protocol === undefined) return;
    if (protocol === 3) await this.#calls.subscribe(...channels).catch(() => undefined);
    else await this.#subscribeOnSecond(channels);
  }

  async close(clock: Clock, withinMs: number): Promise<void> {
    this.#closed = true;
    this.#listeners.clear();
    if (this.#second !== undefined) await endOf(this.#second, clock, withinMs);
  }

  /** `undefined` when the connection ended meanwhile. A server that may not say it is taken to speak the older one. */
  #protocol(): Promise<2 | 3 | undefined> {
    return this.#calls.call('HELLO').then(
      (hello) => (Array.isArray(hello) && hello[hello.indexOf('proto') + 1] === 3 ? 3 : 2),
      (error: unknown) => (isServerReply(error) ? 2 : undefined),
    );
  }

  /** The second connection looks after itself from then on: it subscribes whatever there is at each connect. */
  async #subscribeOnSecond(channels: string[]): Promise<void> {
    if (this.#second !== undefined) {
      await this.#second.subscribe(...channels).catch(() => undefined);
      return;
    }
    const second = this.#openSecond();
    this.#second = second;
    second.on('message', (channel: string, payload: string) =>
      this.#deliver(channel, { payload, epoch: undefined }),
    );
    second.on('error', () => undefined);
    await new Promise<void>((resolve) => {
      second.on('ready', () => {
        const wanted = [...this.#listeners.keys()];
        second.subscribe(...wanted).then(
          () => resolve(),
          () => resolve(),
        );
      });
      second.on('close', () => resolve());
      second.connect().catch(() => undefined);
    });
  }

  #deliver(channel: string, message: PushedMessage): void {
    this.#listeners.get(channel)?.(message);
  }
}
