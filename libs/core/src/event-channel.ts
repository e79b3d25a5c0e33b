/** Typed events of the instances of a process on one `diagnostics_channel`. Nothing is built while nobody listens. */
import { channel, type Channel } from 'node:diagnostics_channel';

/** What every event says: of which instance it is. */
export interface InstanceEvent {
  /** Namespace of the instance, and its replica name. */
  readonly namespace: string;
  readonly replica: string;
}

/** An event before the instance adds who it is. */
export type Details<E extends InstanceEvent> = E extends InstanceEvent ? Omit<E, keyof InstanceEvent> : never;

/** Tells events of one instance. `details` is called only when somebody listens. */
export type Publish<E extends InstanceEvent> = (details: () => Details<E>) => void;

export class EventChannel<E extends InstanceEvent> {
  readonly #channel: Channel;
  readonly #isEvent: (message: unknown) => message is E;

  /** @param isEvent tells them from whatever else somebody publishes there */
  constructor(name: string, isEvent: (message: unknown) => message is E) {
    this.#channel = channel(name);
    this.#isEvent = isEvent;
  }

  /** The publishing side of an instance. */
  of(namespace: string, replica: string): Publish<E> {
    return (details) => {
      if (this.#channel.hasSubscribers) this.#channel.publish({ namespace, replica, ...details() });
    };
  }

  /** Calls `listener` with every event until the returned function is called; what it throws is swallowed. */
  listen(listener: (event: E) => void): () => void {
    const guarded = (message: unknown): void => {
      try {
        if (this.#isEvent(message)) listener(message);
      } catch {
        // diagnostics_channel would turn this into an uncaught exception
      }
    };
    this.#channel.subscribe(guarded);
    return () => {
      this.#channel.unsubscribe(guarded);
    };
  }
}

/** Whether a message has a type, and what events of its kind are about. */
export function isAbout(message: unknown, subject: string): boolean {
  return typeof message === 'object' && message !== null && 'type' in message && subject in message;
}
