/** A server of a quorum that is only its post: calls arrive late, answers too, or never. It holds whatever it is told to. */
import { StoreError } from '@holdfast/core';
import type {
  AcquireRequest,
  LeaseInspection,
  RenewMember,
  Sent,
  RenewReply,
} from '../../../libs/core/src/lease/lease-store.js';
import type { Seat, VoteRequest, VotingStore } from '../../../libs/core/src/quorum/voting-store.js';
import type { Clock } from '../../../libs/core/src/time/clock.js';

/** The fate of one call. */
export interface Mail {
  /** How long after it was made the call was written, as where the script had to be sent again. */
  readonly writtenMs: number;
  readonly thereMs: number;
  readonly backMs: number;
  readonly lost: 'no' | 'the call' | 'the answer';
}

const NEVER: Mail = { writtenMs: 0, thereMs: 0, backMs: 0, lost: 'the call' };
const LOST = new StoreError('disconnected', 'lost', { ambiguous: true });

export class PostalServer implements VotingStore {
  readonly label = 'postal';
  readonly grantsArePrompt = false;
  /** Until when the token holds here. */
  heldUntil = 0;
  readonly #clock: Clock;
  readonly #post: Mail[];
  #fence = 1_000;

  constructor(clock: Clock, post: readonly Mail[]) {
    this.#clock = clock;
    this.#post = [...post];
  }

  acquire(request: AcquireRequest): void {
    this.#send((sentAt) => {
      this.heldUntil = Math.max(this.heldUntil, this.#clock.now() + request.ttlMs);
      return { outcome: 'granted' as const, fence: (this.#fence += 16), sentAt, epoch: 1 };
    }, request);
  }

  vote(request: VoteRequest): void {
    this.#send((sentAt) => {
      const outcome = this.#clock.now() < this.heldUntil ? ('voted' as const) : ('lost' as const);
      if (outcome === 'voted') this.heldUntil = Math.max(this.heldUntil, this.#clock.now() + request.ttlMs);
      return { outcome, sentAt, epoch: 1 };
    }, request);
  }

  renew(members: readonly RenewMember[]): Promise<Sent & { readonly replies: readonly RenewReply[] }> {
    return new Promise((answered, failed) => {
      this.#send(
        (sentAt) => {
          this.heldUntil = this.#clock.now() + (members[0]?.ttlMs ?? 0);
          return { replies: [{ outcome: 'renewed' as const }], sentAt, epoch: 1 };
        },
        { answered, failed },
      );
    });
  }

  release(): void {
    // Not asked for here.
  }

  stepBack(): void {
    this.heldUntil = 0;
  }

  rejoin(): void {
    // Nothing is lost here but post.
  }

  onPush(): void {
    // Nobody waits.
  }

  listen(): Promise<void> {
    return Promise.resolve();
  }

  inspect(): Promise<LeaseInspection> {
    return Promise.reject(LOST);
  }

  seat(): Promise<Seat> {
    return Promise.reject(LOST);
  }

  /** One behind the other, as on a connection: nothing overtakes. */
  #send<T>(
    happen: (sentAt: number) => T,
    to: { answered(value: T): void; failed(error: StoreError): void },
  ): void {
    const { writtenMs, thereMs, backMs, lost } = this.#post.shift() ?? NEVER;
    const sentAt = this.#clock.now() + writtenMs;
    this.#clock.setTimer(
      writtenMs + thereMs,
      () => {
        const answer = lost === 'the call' ? undefined : happen(sentAt);
        this.#clock.setTimer(
          backMs,
          () => (lost === 'no' && answer !== undefined ? to.answered(answer) : to.failed(LOST)),
          'unref',
        );
      },
      'unref',
    );
  }
}
