/** The resource's half of fencing. */
import { StaleFenceError } from '@holdfast/core';

export class FenceGuard {
  readonly #highestSeen = new Map<string, number>();

  /** @throws StaleFenceError if somebody with a higher fence has been here */
  check(resource: string, fence: number): void {
    const highestSeen = this.#highestSeen.get(resource) ?? 0;
    if (fence < highestSeen) throw new StaleFenceError(resource, { fence, highestSeen });
    this.#highestSeen.set(resource, fence);
  }
}
