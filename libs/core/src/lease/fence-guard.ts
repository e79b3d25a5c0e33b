/**
 * The resource's half of fencing: remembers the highest fence that wrote, and refuses a lower one. A holder that was
 * frozen past the end of its lease cannot know that it is late; the resource can. (Kleppmann, "How to do distributed
 * locking", 2016.) A database does the same with `UPDATE … SET fence = $1 WHERE fence <= $1`; see docs/guarantees.md.
 */
import { LockConfigError } from '../errors.js';
import { StaleFenceError } from '../lease-errors.js';

/** Guards resources that live in this process, one highest fence for each. */
export class FenceGuard {
  readonly #highest = new Map<string, number>();

  /**
   * Lets a write through and remembers its fence. An equal fence is the same holder writing again.
   * @throws StaleFenceError when a higher fence has written to `resource` before; LockConfigError for what is no fence,
   *   such as the NaN that a missing header becomes: compared with anything it would let everybody in
   */
  check(resource: string, fence: number): void {
    if (!Number.isSafeInteger(fence) || fence <= 0) {
      throw new LockConfigError(`Write to "${resource}"`, [`fence: ${fence} must be a positive integer`]);
    }
    const highestSeen = this.#highest.get(resource) ?? 0;
    if (fence < highestSeen) throw new StaleFenceError(resource, { fence, highestSeen });
    this.#highest.set(resource, fence);
  }

  /** The highest fence that wrote to `resource`; 0 if none did. */
  highestOf(resource: string): number {
    return this.#highest.get(resource) ?? 0;
  }
}
