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

/** A request under way that is told its answer, when the test says so. */
class PendingRequest<Request extends { failed(error: StoreError): void }> {
  readonly request: Request;
  readonly sentAt: number;
  /** `refused`: the server said that it did nothing. */
  outcome: 'open' | 'answered' | 'refused' | 'unknown' = 'open';
  #told = false;

  constructor(request: Request, sentAt: number) {
    this.request = request;
    this.sentAt = sentAt;
  }

  fail(condition: StoreCondition): void {
    const error = failure(condition);
    if (this.outcome === 'open') this.outcome = error.ambiguous ? 'unknown' : 'refused';
    this.tell((request) => request.failed(error));
  }

  /** Later and once, as a store does. */
  protected tell(say: (request: Request) => void): void {
    if (this.outcome === 'open') this.outcome = 'answered';
    if (this.#told) return;
    this.#told = true;
    queueMicrotask(() => say(this.request));
  }
}

function failure(condition: StoreCondition): StoreError {
  const ambiguous = condition === 'timeout' || condition === 'disconnected';
  return new StoreError(condition, condition, { ambiguous });
}

export class PendingAcquire extends PendingRequest<AcquireRequest> {
  /** It was granted, or was ours already. */
  grant(fence = 100): void {
    const reply = { outcome: 'granted', fence, sentAt: this.sentAt, epoch: 1 } as const;
    this.tell((request) => request.answered(reply));
  }

  /** Somebody else holds. In line as the first, unless told. */
  taken(reply: Partial<Omit<Taken, 'outcome'>> = {}): void {
    const usual = { holder: 'x', remainingMs: 9_000, lastFence: 50, position: 1, joined: false, epoch: 1 };
    const taken: Taken = { outcome: 'taken', ...usual, sentAt: this.sentAt, ...reply };
    this.tell((request) => request.answered(taken));
  }
}

export class PendingRelease extends PendingRequest<ReleaseRequest> {
  answer(released: boolean): void {
    this.tell((request) => request.answered(released));
  }
}

type Renewed = Sent & { readonly replies: readonly RenewReply[] };

export class PendingRenewal {
  readonly request: readonly RenewMember[];
  readonly sentAt: number;
  readonly #end: Deferred<Renewed> = deferred<Renewed>();

  constructor(request: readonly RenewMember[], sentAt: number) {
    this.request = request;
    this.sentAt = sentAt;
  }

  get promise(): Promise<Renewed> {
    return this.#end.promise;
  }

  /** The same answer for every member, or one each. */
  say(...replies: readonly RenewReply[]): void {
    const all = this.request.map((_, member): RenewReply => replies[member % replies.length] ?? LOST);
    this.#end.resolve({ replies: all, sentAt: this.sentAt, epoch: 1 });
  }

  fail(condition: StoreCondition): void {
    this.#end.reject(failure(condition));
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
  readonly releases: PendingRelease[] = [];
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

  acquire(request: AcquireRequest): void {
    this.acquires.push(new PendingAcquire(request, this.#clock.now()));
    this.wire.push(`acquire ${request.token.slice(22)}`);
  }

  renew(members: readonly RenewMember[]): Promise<Renewed> {
    const call = new PendingRenewal(members, this.#clock.now());
    this.renewals.push(call);
    this.wire.push(`renew ${members.map(({ token }) => token.slice(22)).join(' ')}`);
    if (this.renewsAtOnce !== undefined) call.say(this.renewsAtOnce);
    return call.promise;
  }

  release(request: ReleaseRequest): void {
    const call = new PendingRelease(request, this.#clock.now());
    this.releases.push(call);
    this.wire.push(`release ${request.token.slice(22)}`);
    if (this.answersReleases) call.answer(true);
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
