/**
 * Acquires and releases on their way to the server: those of one tick travel together, up to 128 in a call, in the order in
 * which they were made. So no two operations of one name change places, and a release with the acquire behind it is one
 * atomic step. A call leaves when the tick is over, or before that when it has company enough.
 *
 * Each member has a reply of its own, and the error of one is nobody else's. When the whole call is refused in a way that
 * may be the fault of one member (a key that this user may not touch), the members are sent again one by one.
 */
import { AsyncResource } from 'node:async_hooks';
import { asStoreError } from '../lease/store-error.js';
import { BatchCall, type BatchTerms } from './batch-call.js';
import type { BatchMember } from './batch-member.js';
import type { ScriptHost } from './script-host.js';

const MOST_MEMBERS = 128;
/** A call with so many members does not wait for the end of the tick: the server works while the tick goes on. */
const ENOUGH_MEMBERS = 16;
/** The more is under way, the larger are the calls: a quarter of it. */
const SHARE_UNDER_WAY = 0.25;

export class LeaseBatcher {
  readonly #host: ScriptHost;
  readonly #terms: BatchTerms;
  /** Flushes run from here: not in the context of whichever request came first. */
  readonly #root = new AsyncResource('HoldfastBatch');
  readonly #tickIsOver = (): void => {
    this.#scheduled = false;
    this.flush();
  };
  #members: BatchMember[] = [];
  /** Other calls that go when this tick is over; they stand in front of the members. */
  #others: (() => void)[] = [];
  #scheduled = false;
  #underWay = 0;

  constructor(host: ScriptHost, terms: BatchTerms) {
    this.#host = host;
    this.#terms = terms;
  }

  /** Sends `member` when this tick is over, or when it has company enough. */
  add(member: BatchMember): void {
    this.#members.push(member);
    const count = this.#members.length;
    if (count < ENOUGH_MEMBERS) this.#schedule();
    else if (count >= MOST_MEMBERS || count >= this.#underWay * SHARE_UNDER_WAY) this.flush();
  }

  /** Makes another call when this tick is over, behind what there is now: the caller goes on without waiting for a write. */
  defer(send: () => void): void {
    if (this.#members.length > 0) this.flush();
    this.#others.push(send);
    this.#schedule();
  }

  /** Sends what there is now, as one write to the socket. */
  flush(): void {
    const calls =
      this.#others.length +
      (this.#host.oneNameACall === true ? this.#members.length : Math.min(1, this.#members.length));
    if (calls === 0) return;
    this.#root.runInAsyncScope(() => {
      if (calls > 1 && this.#host.together !== undefined) this.#host.together(() => this.#sendAll());
      else this.#sendAll();
    });
  }

  #sendAll(): void {
    for (const send of this.#others.splice(0)) send();
    const members = this.#members;
    this.#members = [];
    if (members.length === 0) return;
    if (this.#host.oneNameACall === true) for (const ofName of byName(members)) this.#send(ofName);
    else this.#send(members);
  }

  #schedule(): void {
    if (this.#scheduled) return;
    this.#scheduled = true;
    this.#root.runInAsyncScope(process.nextTick, process, this.#tickIsOver);
  }

  #send(members: readonly BatchMember[]): void {
    const call = new BatchCall(members, this.#terms);
    this.#underWay += members.length;
    this.#host.run(call).then(
      (receipt) => {
        this.#underWay -= members.length;
        call.answer(receipt);
      },
      (error: unknown) => {
        this.#underWay -= members.length;
        this.#failed(call, error);
      },
    );
  }

  #failed({ members }: BatchCall, reason: unknown): void {
    const error = asStoreError(reason);
    if (error.permanent && members.length > 1) for (const member of members) this.#send([member]);
    else for (const member of members) member.failed(error);
  }
}

function byName(members: readonly BatchMember[]): Iterable<readonly BatchMember[]> {
  const names = new Map<string, BatchMember[]>();
  for (const member of members) {
    const before = names.get(member.identity);
    if (before === undefined) names.set(member.identity, [member]);
    else before.push(member);
  }
  return names.values();
}
