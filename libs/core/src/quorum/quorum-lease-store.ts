/**
 * Keeps leases on a majority of independent servers.
 *
 * To take a lock, its token bids on all servers at once. With bids on a majority the fence is agreed on: above all that
 * these servers issued. Written back to a majority that still holds the token, in a second step that arms the locks
 * again, it is the grant, which counts from before that step. Two majorities share a server, which holds one token at a
 * time and takes no fence twice. Renewal, release and inspection are what a majority says. Waiters stand in line on
 * every server, are woken when a majority of them would serve them next, and bid again.
 */
import type {
  AcquireRequest,
  LeaseInspection,
  LeasePush,
  LeaseStore,
  ReleaseRequest,
  RenewMember,
} from '../lease/lease-store.js';
import type { Clock } from '../time/clock.js';
import { Ballot } from './ballot.js';
import { inspectMost } from './inspection.js';
import { releaseEverywhere } from './release.js';
import { Renewal, type Renewed } from './renewal.js';
import type { VotingStore } from './voting-store.js';
import { Wakes } from './wakes.js';

export class QuorumLeaseStore implements LeaseStore {
  readonly grantsArePrompt = false;
  readonly durability = { mode: 'failover-aware', by: 'quorum' } as const;
  readonly #servers: readonly VotingStore[];
  readonly #clock: Clock;
  readonly #wakes: Wakes;
  /** Of each acquisition the attempt that decides what its bids come to. */
  readonly #ballots = new Map<string, Ballot>();
  /** Those that a server has not answered. */
  readonly #renewals = new Set<Renewal>();
  readonly #listeners: ((push: LeasePush) => void)[] = [];

  constructor(servers: readonly VotingStore[], clock: Clock) {
    this.#servers = servers;
    this.#clock = clock;
    this.#wakes = new Wakes(clock, servers.length, (push) => {
      for (const listener of this.#listeners) listener(push);
    });
    for (const [server, store] of servers.entries()) store.onPush((push) => this.#wakes.heard(push, server));
  }

  async listen(processId: string): Promise<void> {
    await Promise.all(this.#servers.map((server) => server.listen(processId)));
  }

  onPush(listener: (push: LeasePush) => void): void {
    this.#listeners.push(listener);
  }

  acquire(request: AcquireRequest): void {
    const { token } = request;
    this.#ballots.get(token)?.retire();
    this.#wakes.forget(token);
    const ballot: Ballot = new Ballot(request, {
      servers: this.#servers,
      clock: this.#clock,
      over: () => {
        if (this.#ballots.get(token) === ballot) this.#ballots.delete(token);
      },
    });
    this.#ballots.set(token, ballot);
    ballot.begin();
  }

  release(request: ReleaseRequest): void {
    const { token } = request;
    this.#ballots.get(token)?.retire();
    this.#ballots.delete(token);
    this.#wakes.forget(token);
    for (const renewal of this.#renewals) renewal.release(token);
    releaseEverywhere(this.#servers, request);
  }

  renew(members: readonly RenewMember[]): Promise<Renewed> {
    const renewal = new Renewal(this.#servers, members);
    this.#renewals.add(renewal);
    void renewal.send().then(() => this.#renewals.delete(renewal));
    return renewal.result;
  }

  inspect(identity: string): Promise<LeaseInspection> {
    return inspectMost(this.#servers.map((server) => server.inspect(identity)));
  }
}
