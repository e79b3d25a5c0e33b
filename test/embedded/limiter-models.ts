/** What each kind of limit means, written down as simply as it can be: slow, and without a thought for memory. */

/** What a limiter says of a request at an instant. */
export interface Verdict {
  readonly allowed: boolean;
  /** How many more may pass after it. */
  readonly remaining: number;
}

/** Decides by everything that has passed so far. Times are microseconds. */
export interface LimiterModel {
  decide(now: number, cost: number): Verdict;
}

/** One that passed. */
interface Passed {
  readonly at: number;
  readonly cost: number;
}

const sum = (passed: readonly Passed[]): number => passed.reduce((total, { cost }) => total + cost, 0);

abstract class Recorded implements LimiterModel {
  readonly #passed: Passed[] = [];

  decide(now: number, cost: number): Verdict {
    const room = this.roomFor(now, this.#passed);
    const allowed = cost <= room;
    if (allowed) this.#passed.push({ at: now, cost });
    return { allowed, remaining: Math.max(0, Math.floor(this.roomFor(now, this.#passed))) };
  }

  /** How many may pass now; it need not be whole. */
  protected abstract roomFor(now: number, passed: readonly Passed[]): number;
}

/** Never more than `limit` in the `window` that ends now. */
export class LogModel extends Recorded {
  constructor(
    private readonly limit: number,
    private readonly window: number,
  ) {
    super();
  }

  protected override roomFor(now: number, passed: readonly Passed[]): number {
    return this.limit - sum(passed.filter(({ at }) => at > now - this.window));
  }
}

/** Never more than `limit` in a window of the clock. */
export class FixedModel extends Recorded {
  constructor(
    private readonly limit: number,
    private readonly window: number,
  ) {
    super();
  }

  protected override roomFor(now: number, passed: readonly Passed[]): number {
    const current = Math.floor(now / this.window);
    return this.limit - sum(passed.filter(({ at }) => Math.floor(at / this.window) === current));
  }
}

/** The window of the clock, and of the one before as much as lies in the window that ends now, to the millisecond. */
export class CounterModel extends Recorded {
  constructor(
    private readonly limit: number,
    private readonly windowMs: number,
  ) {
    super();
  }

  protected override roomFor(now: number, passed: readonly Passed[]): number {
    const [nowMs, windowOf] = [Math.floor(now / 1_000), (ms: number) => Math.floor(ms / this.windowMs)];
    const current = windowOf(nowMs);
    const inWindow = (which: number): number =>
      sum(passed.filter(({ at }) => windowOf(Math.floor(at / 1_000)) === which));
    const leftMs = (current + 1) * this.windowMs - nowMs;
    // In whole numbers: how many times the window there is room for.
    const room = (this.limit - inWindow(current)) * this.windowMs - inWindow(current - 1) * leftMs;
    return room / this.windowMs;
  }
}

/** A bucket that is filled bit by bit, in fractions that are exact. */
export class BucketModel implements LimiterModel {
  #level: bigint;
  #at: number | undefined;

  constructor(
    private readonly capacity: number,
    private readonly refill: number,
    private readonly perMicros: number,
  ) {
    this.#level = BigInt(capacity) * BigInt(perMicros);
  }

  decide(now: number, cost: number): Verdict {
    const per = BigInt(this.perMicros);
    const full = BigInt(this.capacity) * per;
    const come = BigInt(this.refill) * BigInt(now - (this.#at ?? now));
    this.#at = now;
    this.#level = this.#level + come > full ? full : this.#level + come;
    const allowed = BigInt(cost) * per <= this.#level;
    if (allowed) this.#level -= BigInt(cost) * per;
    return { allowed, remaining: Number(this.#level / per) };
  }
}

/** A queue that one leaves every `interval`, and that `burst` fit into. */
export class EvenModel extends Recorded {
  constructor(
    private readonly burst: number,
    private readonly interval: number,
  ) {
    super();
  }

  protected override roomFor(now: number, passed: readonly Passed[]): number {
    let emptyAt = -Infinity;
    for (const { at, cost } of passed) emptyAt = Math.max(at, emptyAt) + cost * this.interval;
    const queued = Math.max(0, emptyAt - now);
    return (this.burst * this.interval - queued) / this.interval;
  }
}
