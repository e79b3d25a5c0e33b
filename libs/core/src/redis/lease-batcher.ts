/**
 * Acquires and releases on their way to the server: those of one tick travel as one call, at most 128 of them, in the
 * order in which they were made. So no two operations of one name change places, and a release with the acquire behind
 * it is one atomic step.
 *
 * Each member has a reply of its own, and the error of one is nobody else's. When the whole call is refused in a way
 * that may be the fault of one member (a key that this user may not touch), the members are sent again one by one.
 */
import { AsyncResource } from 'node:async_hooks';
import { asStoreError, type StoreError } from '../lease/store-error.js';
import type { BatchMember } from './batch-member.js';
import type { ScriptCall, ScriptHost, ScriptReceipt } from './script-host.js';
import { leaseBatch } from './scripts.generated.js';

const MOST_MEMBERS = 128;

/** Gathers what one tick asks for. */
export class LeaseBatcher {
  readonly #host: ScriptHost;
  /** Flushes run from here: not in the context of whichever request came first. */
  readonly #root = new AsyncResource('HoldfastBatch');
  readonly #flushed = (): void => this.#flush();
  #members: BatchMember[] = [];

  constructor(host: ScriptHost) {
    this.#host = host;
  }

  add(member: BatchMember): void {
    this.#members.push(member);
    if (this.#members.length === 1) this.#root.runInAsyncScope(process.nextTick, process, this.#flushed);
  }

  #flush(): void {
    const members = this.#members;
    this.#members = [];
    for (let first = 0; first < members.length; first += MOST_MEMBERS)
      this.#send(members.slice(first, first + MOST_MEMBERS));
  }

  #send(members: readonly BatchMember[]): void {
    this.#host.run(new BatchCall(members)).then(
      (receipt) => answer(members, receipt),
      (error: unknown) => this.#failed(members, error),
    );
  }

  #failed(members: readonly BatchMember[], reason: unknown): void {
    const error = asStoreError(reason);
    if (error.permanent && members.length > 1) for (const member of members) this.#send([member]);
    else for (const member of members) member.failed(error);
  }
}

/** What is sent is spelled when it is sent: also a second time, to a server that did not know the script. */
class BatchCall implements ScriptCall {
  readonly script = leaseBatch;
  readonly #members: readonly BatchMember[];

  constructor(members: readonly BatchMember[]) {
    this.#members = members;
  }

  get keys(): readonly string[] {
    const keys: string[] = [];
    for (const {
      keys: { lock, fence, queue },
    } of this.#members)
      keys.push(lock, fence, queue);
    return keys;
  }

  get args(): readonly (string | number)[] {
    const args: (string | number)[] = [];
    for (const member of this.#members) member.addArgs(args);
    return args;
  }
}

/** A reply that breaks off is an answer to those it reaches, and trouble to the others. */
function answer(members: readonly BatchMember[], receipt: ScriptReceipt): void {
  let at = 0;
  let broken: StoreError | undefined;
  for (const member of members) {
    if (broken === undefined) {
      try {
        at = member.answered(receipt, at);
        continue;
      } catch (error) {
        broken = asStoreError(error);
      }
    }
    member.failed(broken);
  }
}
