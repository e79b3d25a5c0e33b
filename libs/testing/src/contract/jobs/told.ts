/** What instances have told of their jobs while a test went on: all of a process tell it on one channel. */
import { onJobEvent, type Holdfast, type JobEvent } from '@holdfast/core';

export type EventOf<T extends JobEvent['type']> = Extract<JobEvent, { type: T }>;

export class Told {
  readonly stop: () => void;
  readonly #events: JobEvent[] = [];

  /** Listens while `act` goes on. */
  static async during(act: (told: Told) => Promise<void>): Promise<void> {
    const told = new Told();
    try {
      await act(told);
    } finally {
      told.stop();
    }
  }

  private constructor() {
    this.stop = onJobEvent((event) => this.#events.push(event));
  }

  by({ namespace, replica }: Holdfast): readonly JobEvent[] {
    return this.#events.filter((event) => event.namespace === namespace && event.replica === replica);
  }

  of<T extends JobEvent['type']>(holdfast: Holdfast, ...types: readonly T[]): readonly EventOf<T>[] {
    const wanted: readonly string[] = types;
    return this.by(holdfast).filter((event): event is EventOf<T> => wanted.includes(event.type));
  }
}
