/**
 * Time that only moves from event to event. Between two events everything runs dry that waits on promises and ticks:
 * each event has a turn of the event loop to itself, so their order never depends on how fast the machine is.
 */

/** Something that will happen, until it is cancelled. */
export interface Planned {
  readonly at: number;
  readonly order: number;
  readonly run: () => void;
  cancelled: boolean;
}

// Taken here: while a seed runs, `setImmediate` belongs to the simulation, too.
const nextTurn = setImmediate;

export class VirtualTime {
  readonly #heap: Planned[] = [];
  #now = 0;
  #planned = 0;
  #events = 0;

  /** Milliseconds since the simulation began. */
  get now(): number {
    return this.#now;
  }

  /** How many events there were. */
  get events(): number {
    return this.#events;
  }

  /** Plans an event; those of one instant happen in the order in which they were planned. */
  at(at: number, run: () => void): Planned {
    const planned = { at: Math.max(at, this.#now), order: this.#planned++, run, cancelled: false };
    this.#push(planned);
    return planned;
  }

  after(delayMs: number, run: () => void): Planned {
    return this.at(this.#now + Math.max(0, delayMs), run);
  }

  /** Goes from event to event until `over` says so, or nothing is planned. Rejects with what an event throws. */
  run(over: () => boolean): Promise<void> {
    return new Promise((resolve, reject) => {
      const turn = (): void => {
        try {
          const next = over() ? undefined : this.#pop();
          if (next === undefined) return resolve();
          this.#now = next.at;
          this.#events += 1;
          next.run();
        } catch (error) {
          return reject(error instanceof Error ? error : new Error(String(error)));
        }
        nextTurn(turn);
      };
      nextTurn(turn);
    });
  }

  #push(planned: Planned): void {
    const heap = this.#heap;
    let at = heap.length;
    while (at > 0) {
      const above = (at - 1) >> 1;
      const parent = heap[above];
      if (parent === undefined || !isBefore(planned, parent)) break;
      heap[at] = parent;
      at = above;
    }
    heap[at] = planned;
  }

  #pop(): Planned | undefined {
    for (;;) {
      const first = this.#heap[0];
      const last = this.#heap.pop();
      if (first === undefined || last === undefined) return undefined;
      if (this.#heap.length > 0) this.#sink(last);
      if (!first.cancelled) return first;
    }
  }

  #sink(planned: Planned): void {
    const heap = this.#heap;
    let at = 0;
    for (;;) {
      const left = 2 * at + 1;
      const first = heap[left];
      const second = heap[left + 1];
      if (first === undefined) break;
      const below = second !== undefined && isBefore(second, first) ? left + 1 : left;
      const child = heap[below] ?? first;
      if (!isBefore(child, planned)) break;
      heap[at] = child;
      at = below;
    }
    heap[at] = planned;
  }
}

function isBefore(a: Planned, b: Planned): boolean {
  return a.at < b.at || (a.at === b.at && a.order < b.order);
}
