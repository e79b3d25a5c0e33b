/**
 * The resource's half of a semaphore: lets in who was among the holders when it was last looked, and nobody else.
 *
 * A fence that is lower than another says of a lock that it is over. Of a permit it says nothing, for there are several;
 * so a permit brings along which others there were when it looked, and as of which fence. The resource goes by the newest
 * look it has seen. Whoever was granted before that look and is not in it, is over: a holder that was frozen cannot know
 * that, the resource can. Never more than there are permits can write, for no look has more of them. It is the membership
 * of a view with an id that grows: Birman, Joseph, "Exploiting virtual synchrony in distributed systems", SOSP 1987.
 */
import { LockConfigError } from '../errors.js';
import { StaleFenceError } from '../lease-errors.js';
import { show } from '../time/duration.js';

/** Goes along with each write under a permit; see `SemaphoreService.prove`. It can be sent as JSON. */
export interface PermitProof {
  /** Of the permit itself. */
  readonly fence: number;
  /** The last fence that the semaphore had issued when it was looked. */
  readonly asOf: number;
  /** Of all who had permits then, `fence` among them. */
  readonly live: readonly number[];
}

interface View {
  readonly asOf: number;
  readonly live: ReadonlySet<number>;
}

const NONE: View = { asOf: 0, live: new Set() };

/** Guards resources that live in this process, one newest look for each. */
export class PermitGuard {
  readonly #views = new Map<string, View>();

  /**
   * Lets a write through whose permit is in the newest look that `resource` has seen, its own proof included. One proof is
   * good for all writes of a tenure: a holder is in each look for as long as its lease lasts.
   * @throws StaleFenceError when it is in it no more; LockConfigError for what is no proof
   */
  check(resource: string, proof: PermitProof): void {
    const faults = proofFaults(proof);
    if (faults.length > 0) throw new LockConfigError(`Write to "${resource}"`, faults);
    const { fence, asOf, live } = proof;
    let view = this.#views.get(resource) ?? NONE;
    if (asOf > view.asOf) {
      view = { asOf, live: new Set(live) };
      this.#views.set(resource, view);
    }
    if (!view.live.has(fence)) throw new StaleFenceError(resource, { fence, highestSeen: view.asOf });
  }
}

function proofFaults({ fence, asOf, live }: PermitProof): readonly string[] {
  if (!Array.isArray(live)) return [`live: ${show(live)} must be the fences of all holders`];
  return [
    ...[fence, asOf, ...live]
      .filter((each) => !Number.isSafeInteger(each) || each <= 0)
      .map((each) => `${show(each)} is no fence: each must be a positive integer`),
    ...(live.includes(fence) ? [] : [`live: must have the fence of the permit, ${show(fence)}, in it`]),
    ...(asOf >= fence ? [] : [`asOf: ${show(asOf)} must not be lower than fence (${show(fence)})`]),
  ];
}
