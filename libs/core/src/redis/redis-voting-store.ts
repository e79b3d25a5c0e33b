/** One server of a quorum: keeps leases as any does, hands them on by hint, and votes on who gets one. */
import { asStoreError } from '../lease/store-error.js';
import type {
  AcquireRequest,
  LeaseInspection,
  LeasePush,
  ReleaseRequest,
  RenewMember,
  RenewReply,
  Sent,
} from '../lease/lease-store.js';
import type { LosingBid, Seat, VoteRequest, VotingStore } from '../quorum/voting-store.js';
import type { KeySpace } from './keys.js';
import { RedisLeaseStore } from './redis-lease-store.js';
import { runScript } from './run-script.js';
import type { ScriptHost } from './script-host.js';
import { integer, text } from './script-reply.js';
import { quorumRejoin, quorumSeat, quorumStepBack } from './scripts.generated.js';
import { VoteCall } from './vote-call.js';

const MOST_VOTES = 128;

/** How long the server has no vote after it lost something. */
export interface VotingTerms {
  readonly absentMs: number;
}

export class RedisVotingStore implements VotingStore {
  readonly grantsArePrompt = false;
  readonly label: string;
  readonly #host: ScriptHost;
  readonly #keys: KeySpace;
  readonly #terms: VotingTerms;
  readonly #leases: RedisLeaseStore;
  /** Asked for in this tick. */
  #votes: VoteRequest[] = [];

  constructor(host: ScriptHost, keys: KeySpace, terms: VotingTerms) {
    this.label = host.label;
    this.#host = host;
    this.#keys = keys;
    this.#terms = terms;
    this.#leases = new RedisLeaseStore(host, keys, 'hint');
  }

  listen(processId: string): Promise<void> {
    return this.#leases.listen(processId);
  }

  onPush(listener: (push: LeasePush) => void): void {
    this.#leases.onPush(listener);
  }

  acquire(request: AcquireRequest): void {
    this.#leases.acquire(request);
  }

  release(request: ReleaseRequest): void {
    this.#leases.release(request);
  }

  renew(members: readonly RenewMember[]): Promise<Sent & { readonly replies: readonly RenewReply[] }> {
    return this.#leases.renew(members);
  }

  inspect(identity: string): Promise<LeaseInspection> {
    return this.#leases.inspect(identity);
  }

  /** Those of one tick go together. The bid left in a tick before: it was answered, or another server's was. */
  vote(request: VoteRequest): void {
    this.#votes.push(request);
    if (this.#votes.length === 1) process.nextTick(() => this.#sendVotes());
    else if (this.#votes.length === MOST_VOTES) this.#sendVotes();
  }

  stepBack({ identity, token, fence, queueing, wake }: LosingBid): void {
    const args = { token, first: fence, queueing: Number(queueing), wake: Number(wake) };
    runScript(this.#host, quorumStepBack, { keys: this.#keys.lease(identity), args }).catch(() => undefined);
  }

  rejoin({ identity, token, ttlMs }: RenewMember): void {
    const keys = { lock: this.#keys.lock(identity) };
    runScript(this.#host, quorumRejoin, { keys, args: { token, ttlMs } }).catch(() => undefined);
  }

  async seat(): Promise<Seat> {
    const { reply } = await runScript(this.#host, quorumSeat, { keys: { seat: this.#keys.seat }, args: {} });
    return { ageMs: integer(reply[0]), serverMs: integer(reply[1]), runId: text(reply[2]) };
  }

  #sendVotes(): void {
    const requests = this.#votes.splice(0);
    if (requests.length === 0) return;
    const call = new VoteCall(requests, this.#keys, this.#terms.absentMs);
    this.#host.run(call).then(
      (receipt) => call.answer(receipt),
      (error: unknown) => {
        for (const request of requests) request.failed(asStoreError(error));
      },
    );
  }
}
