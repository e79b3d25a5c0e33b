/** One acquire or release in a batch: how it is spelled, and how its part of the reply is read. */
import type { AcquireReply, AcquireRequest, ReleaseRequest } from '../lease/lease-store.js';
import { StoreError } from '../lease/store-error.js';
import type { LeaseKeys } from './keys.js';
import type { ScriptReceipt } from './script-host.js';
import { leaseBatch } from './scripts.generated.js';
import { integer, text } from './script-reply.js';
import { fromServerReply } from './server-reply.js';

/** Who waits for a member's reply. */
interface Caller<Reply> {
  readonly resolve: (reply: Reply) => void;
  readonly reject: (error: StoreError) => void;
}

/** Something that travels in a batch. */
export interface BatchMember {
  readonly keys: LeaseKeys;
  /** What the script is told, as of now. */
  addArgs(args: (string | number)[]): void;
  /** Reads its part of the reply, which begins at `at`; returns where the next one's begins. */
  answered(receipt: ScriptReceipt, at: number): number;
  failed(error: StoreError): void;
}

/** Takes a lock, or a place in the queue for it. */
export class AcquireMember implements BatchMember {
  readonly keys: LeaseKeys;
  readonly #request: AcquireRequest;
  readonly #grantMs: number;
  readonly #caller: Caller<AcquireReply>;
  #withdrawn = false;

  /** @param grantMs how long a pushed grant lasts; 0 to be woken without one */
  constructor(
    request: AcquireRequest,
    spelled: { keys: LeaseKeys; grantMs: number },
    caller: Caller<AcquireReply>,
  ) {
    this.#request = request;
    this.keys = spelled.keys;
    this.#grantMs = spelled.grantMs;
    this.#caller = caller;
  }

  /** One that was given up meanwhile must not take a lock behind its own clean-up: it goes as a release of its token. */
  addArgs(args: (string | number)[]): void {
    const { token, ttlMs, queueing } = this.#request;
    this.#withdrawn = !this.#request.stillWanted();
    if (this.#withdrawn) args.push(token, 0, 0);
    else args.push(token, ttlMs, queueing ? this.#grantMs : -1);
  }

  answered({ reply, sentAt, epoch }: ScriptReceipt, at: number): number {
    const first = reply[at];
    if (typeof first !== 'number') {
      this.failed(fromServerReply(text(first), leaseBatch.name));
      return at + 1;
    }
    if (this.#withdrawn) {
      this.failed(new StoreError('timeout', 'given up before it was sent', { ambiguous: false }));
      return at + 1;
    }
    if (first > 0) {
      this.#caller.resolve({ outcome: 'granted', fence: first, sentAt, epoch });
      return at + 1;
    }
    this.#caller.resolve({
      outcome: 'taken',
      remainingMs: integer(reply[at + 1]),
      holder: text(reply[at + 2]),
      lastFence: integer(reply[at + 3]),
      position: integer(reply[at + 4]),
      joined: reply[at + 5] === 1,
      sentAt,
      epoch,
    });
    return at + 6;
  }

  failed(error: StoreError): void {
    this.#caller.reject(error);
  }
}

/** Gives a lock back, or a place in the queue. */
export class ReleaseMember implements BatchMember {
  readonly keys: LeaseKeys;
  readonly #request: ReleaseRequest;
  readonly #caller: Caller<boolean>;

  constructor(request: ReleaseRequest, keys: LeaseKeys, caller: Caller<boolean>) {
    this.#request = request;
    this.keys = keys;
    this.#caller = caller;
  }

  addArgs(args: (string | number)[]): void {
    args.push(this.#request.token, 0, this.#request.holdMs);
  }

  answered({ reply }: ScriptReceipt, at: number): number {
    const code = reply[at];
    if (typeof code === 'number') this.#caller.resolve(code === 1);
    else this.failed(fromServerReply(text(code), leaseBatch.name));
    return at + 1;
  }

  failed(error: StoreError): void {
    this.#caller.reject(error);
  }
}
