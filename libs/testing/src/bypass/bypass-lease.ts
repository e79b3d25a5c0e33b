import { LeaseLostError, type Lease, type ReleaseOutcome } from '@holdfast/core';

/** A lease that nothing ends but its own release. */
export class BypassLease implements Lease {
  readonly lockName: string;
  readonly fence: number;
  readonly signal: AbortSignal = new AbortController().signal;
  readonly #onRelease: () => void;
  #held = true;

  constructor(lockName: string, fence: number, onRelease: () => void) {
    this.lockName = lockName;
    this.fence = fence;
    this.#onRelease = onRelease;
  }

  get held(): boolean {
    return this.#held;
  }

  get remainingMs(): number {
    return this.#held ? Infinity : 0;
  }

  assertHeld(): void {
    if (!this.#held) throw new LeaseLostError(this.lockName, { reason: 'released', fence: this.fence });
  }

  async release(): Promise<ReleaseOutcome> {
    if (this.#held) this.#onRelease();
    this.#held = false;
    return 'released';
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.release();
  }
}
