/** A lease store that answers when and what a test tells it to, and remembers what it was asked for, in order. */
import { deferred, type Deferred } from '../../../../libs/core/src/lease/deferred.js';
import type {
  AcquireReply,
  AcquireRequest,
  LeaseInspection,
  LeasePush,
  LeaseStore,
  ReleaseRequest,
  RenewMember,
  RenewReply,
  Sent,
} from '../../../../libs/core/src/lease/lease-store.js';
import { StoreError, type StoreCondition } from '../../../../libs/core/src/lease/store-error.js';
import type { Clock } from '../../../../libs/core/src/time/clock.js';

type Taken = Extract<AcquireReply, { outcome: 'taken' }>;

/** One call under way: what was asked, when, and the promise in the test's hand. */
export class PendingCall<Request, Reply> {
  readonly request: Request;
  readonly sentAt: number;
  /** `refused`: the server said that it did nothing. */
  outcome: 'open' | 'answered' | 'refused' | 'unknown' = 'open';
  readonly #end: Deferred<Reply> = deferred<Reply>();

  constructor(request: Request, sentAt: number) {
    this.request = request;
    this.sentAt = sentAt;
  }

  get promise(): Promise<Reply> {
    return this.#end.promise;
  }

  answer(reply: Reply): void {
    if (this.outcome === 'open') this.outcome = 'answered';
    this.#end.resolve(reply);
  }

  fail(condition: StoreCondition): void {
    const ambiguous = condition === 'timeout' || condition === 'disconnected';
    if (this.outcome === 'open') this.outcome = ambiguous ? 'unknown' : 'refused';
    this.#end.reject(new StoreError(condition, condition, { ambiguous }));
  }
}

export class PendingAcquire extends PendingCall<AcquireRequest, AcquireReply> {
  /** It was granted, or was ours already. */
  grant(fence = 100): void {
    this.answer({ outcome: 'granted', fence, sentAt: this.sentAt, epoch: 1 });
  }

  /** Somebody else holds. In line as the first, unless told. */
  taken(reply: Partial<Omit<Taken, 'outcome'>> = {}): void {
    const usual = { holder: 'x', remainingMs: 9_000, lastFence: 50, position: 1, joined: false, epoch: 1 };
    this.answer({ outcome: 'taken', ...usual, sentAt: this.sentAt, ...reply });
  }
}

type Renewed = Sent & { readonly replies: readonly RenewReply[] };

export class PendingRenewal extends PendingCall<readonly RenewMember[], Renewed> {
  /** The same answer for every member, or one each. */
  say(...replies: readonly RenewReply[]): void {
    const all = this.request.map((_, member): RenewReply => replies[member % replies.length] ?? LOST);
    this.answer({ replies: all, sentAt: this.sentAt, epoch: 1 });
  }
}

export const RENEWED: RenewReply = { outcome: 'renewed' };
export const LOST: RenewReply = { outcome: 'lost' };

export class ScriptedStore implements LeaseStore {
  grantsArePrompt = true;
  /** Without it releases stay open until the test answers them. */
  answersReleases = true;
  /** When set, renewals are answered at once. */
  renewsAtOnce: RenewReply | undefined;
  readonly acquires: PendingAcquire[] = [];
  readonly renewals: PendingRenewal[] = [];
  readonly releases: PendingCall<ReleaseRequest, boolean>[] = [];
  /** Every call in the order it was made, as "acquire …1" with the end of the token. */
  readonly wire: string[] = [];
  readonly #clock: Clock;
  #listener: (push: LeasePush) => void = () => undefined;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** The last attempt. */
  get last(): PendingAcquire {
    const call = this.acquires.at(-1);
    if (call === undefined) throw new Error('nothing was asked for yet');
    return call;
  }

  acquire(request: AcquireRequest): Promise<AcquireReply> {
    const call = new PendingAcquire(request, this.#clock.now());
    this.acquires.push(call);
    this.wire.push(`acquire ${request.token.slice(22)}`);
    return call.promise;
  }

  renew(members: readonly RenewMember[]): Promise<Renewed> {
    const call = new PendingRenewal(members, this.#clock.now());
    this.renewals.push(call);
    this.wire.push(`renew ${members.map(({ token }) => token.slice(22)).join(' ')}`);
    if (this.renewsAtOnce !== undefined) call.say(this.renewsAtOnce);
    return call.promise;
  }

  release(request: ReleaseRequest): Promise<boolean> {
    const call = new PendingCall<ReleaseRequest, boolean>(request, this.#clock.now());
    this.releases.push(call);
    this.wire.push(`release ${request.token.slice(22)}`);
    if (this.answersReleases) call.answer(true);
    return call.promise;
  }

  async inspect(): Promise<LeaseInspection> {
    return { holder: undefined, remainingMs: 0, lastFence: 0, waiting: 0 };
  }

  onPush(listener: (push: LeasePush) => void): void {
    this.#listener = listener;
  }

  /** As if the server had told it; a usable grant unless told otherwise. */
  push(push: Partial<LeasePush> & Pick<LeasePush, 'token'>): void {
    const usual = { kind: 'granted', identity: 'order', fence: 66, lastsMs: 2_000, epoch: 1 } as const;
    this.#listener({ ...usual, ...push });
  }
}
