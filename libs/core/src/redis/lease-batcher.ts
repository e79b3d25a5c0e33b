/**
 * Acquires and releases on their way to the server: those of one tick travel as one call, at most 128 of them, in the
 * order in which they were made. So no two operations of one name change places, and a release with the acquire behind
 * it is one atomic step.
 *
 * Each has a reply of its own, and the error of one is nobody else's. When the whole call is refused in a way that may
 * be the fault of one member (a key that this user may not touch), the members are sent again one by one.
 */
import { AsyncResource } from 'node:async_hooks';
import { asStoreError } from '../lease/store-error.js';
import { BatchCall, type BatchTerms } from './batch-call.js';
import type { BatchMember } from './batch-member.js';
import type { ScriptHost } from './script-host.js';

const MOST_MEMBERS = 128;

export class LeaseBatcher {
  readonly #host: ScriptHost;
  readonly #terms: BatchTerms;
  /** Flushes run from here: not in the context of whichever request came first. */
  readonly #root = new AsyncResource('HoldfastBatch');
  readonly #flushed = (): void => this.flush();
  #members: BatchMember[] = [];

  constructor(host: ScriptHost, terms: BatchTerms) {
    this.#host = host;
    this.#terms = terms;
  }

  /** Sends `member` when this tick is over. */
  add(member: BatchMember): void {
    this.#members.push(member);
    if (this.#members.length === 1) this.#root.runInAsyncScope(process.nextTick, process, this.#flushed);
  }

  /** Sends what there is now; for a call that must not overtake it. */
  flush(): void {
    const members = this.#members;
    if (members.length === 0) return;
    this.#members = [];
    this.#send(members.slice(0, MOST_MEMBERS));
    if (members.length <= MOST_MEMBERS) return;
    // The server begins with the first while the others are spelled.
    const sendOthers = (): void => {
      for (let first = MOST_MEMBERS; first < members.length; first += MOST_MEMBERS)
        this.#send(members.slice(first, first + MOST_MEMBERS));
    };
    if (this.#host.together === undefined) sendOthers();
    else this.#host.together(sendOthers);
  }

  #send(members: readonly BatchMember[]): void {
    const call = new BatchCall(members, this.#terms);
    this.#host.run(call).then(
      (receipt) => call.answer(receipt),
      (error: unknown) => this.#failed(call, error),
    );
  }

  #failed({ members }: BatchCall, reason: unknown): void {
    const error = asStoreError(reason);
    if (error.permanent && members.length > 1) for (const member of members) this.#send([member]);
    else for (const member of members) member.failed(error);
  }
}
