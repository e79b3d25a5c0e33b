/** Gives a lease back on every server; what a majority says of it is the answer. */
import type { ReleaseRequest } from '../lease/lease-store.js';
import type { StoreError } from '../lease/store-error.js';
import { majorityOf } from './majority.js';
import { noQuorum } from './no-quorum.js';
import type { VotingStore } from './voting-store.js';

export function releaseEverywhere(servers: readonly VotingStore[], request: ReleaseRequest): void {
  const count = new ReleaseCount(servers.length, request);
  const { operation, identity, token, holdMs } = request;
  for (const server of servers) {
    server.release({
      ...{ operation, identity, token, holdMs },
      answered: (released) => count.add(released),
      failed: (error) => count.add(error),
    });
  }
}

class ReleaseCount {
  readonly #servers: number;
  readonly #request: ReleaseRequest;
  readonly #answers: (boolean | StoreError)[] = [];
  #over = false;

  constructor(servers: number, request: ReleaseRequest) {
    this.#servers = servers;
    this.#request = request;
  }

  add(answer: boolean | StoreError): void {
    this.#answers.push(answer);
    if (this.#over) return;
    const majority = majorityOf(this.#servers);
    const saying = (what: boolean): boolean => this.#answers.filter((one) => one === what).length >= majority;
    this.#over = saying(true) || saying(false) || this.#answers.length === this.#servers;
    if (!this.#over) return;
    if (saying(true)) this.#request.answered(true);
    else if (saying(false)) this.#request.answered(false);
    else this.#request.failed(noQuorum(this.#servers, this.#answers));
  }
}
