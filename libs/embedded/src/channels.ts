/** Who listens to which channel. */
import type { Bytes } from './bytes.js';

/** A message on its way. */
export interface Publication {
  readonly channel: Bytes;
  readonly payload: Bytes;
}

/** A connection that messages can be put on. */
export interface Subscriber {
  push(publication: Publication): void;
}

export class Channels {
  readonly #subscribers = new Map<Bytes, Set<Subscriber>>();

  /** Safe to call again: a connection gets each message once. */
  subscribe(channel: Bytes, subscriber: Subscriber): void {
    const there = this.#subscribers.get(channel) ?? new Set();
    this.#subscribers.set(channel, there.add(subscriber));
  }

  /** Takes a connection off every channel. */
  leave(subscriber: Subscriber): void {
    for (const [channel, there] of this.#subscribers) {
      if (there.delete(subscriber) && there.size === 0) this.#subscribers.delete(channel);
    }
  }

  /** How many connections listen. */
  count(channel: Bytes): number {
    return this.#subscribers.get(channel)?.size ?? 0;
  }

  deliver(publication: Publication): void {
    for (const subscriber of this.#subscribers.get(publication.channel) ?? []) subscriber.push(publication);
  }
}
