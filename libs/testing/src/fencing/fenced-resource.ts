/** A resource that refuses stale writers, as the thing behind a lock should: for tests of code that writes under one. */
import { FenceGuard, StaleFenceError } from '@holdfast/core';

/** A write that somebody tried. */
export interface FencedWrite<T> {
  readonly fence: number;
  readonly value: T;
  readonly accepted: boolean;
}

/** One value in this process, guarded by core's `FenceGuard`, that remembers every attempt to write it. */
export class FencedResource<T = unknown> {
  readonly name: string;
  readonly #guard = new FenceGuard();
  readonly #history: FencedWrite<T>[] = [];

  /** @param name - For messages. */
  constructor(name = 'resource') {
    this.name = name;
  }

  /**
   * Writes, unless a higher fence has written before.
   * @throws StaleFenceError, after the attempt was written down
   */
  write(fence: number, value: T): void {
    try {
      this.#guard.check(this.name, fence);
      this.#history.push({ fence, value, accepted: true });
    } catch (error) {
      if (StaleFenceError.is(error)) this.#history.push({ fence, value, accepted: false });
      throw error;
    }
  }

  /** What was written last; `undefined` before the first write. */
  get value(): T | undefined {
    return this.accepted.at(-1)?.value;
  }

  /** The highest fence that wrote; 0 if none did. */
  get highestFence(): number {
    return this.#guard.highestOf(this.name);
  }

  /** All attempts, oldest first. */
  get history(): readonly FencedWrite<T>[] {
    return [...this.#history];
  }

  get accepted(): readonly FencedWrite<T>[] {
    return this.#history.filter((write) => write.accepted);
  }

  get refused(): readonly FencedWrite<T>[] {
    return this.#history.filter((write) => !write.accepted);
  }
}
