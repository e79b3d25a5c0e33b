/** Keeps the cards of processes on all servers of a quorum: who stands behind a token is no secret that needs a vote. */
import type { CardStore, ListedCard } from '../lease/card-store.js';
import { asStoreError } from '../lease/store-error.js';
import { majorityOf } from './majority.js';
import { noQuorum } from './no-quorum.js';
import type { VotingStore } from './voting-store.js';

/** A server with the cards that are kept on it. */
export interface CardServer {
  readonly cards: CardStore;
  readonly voting: Pick<VotingStore, 'seat'>;
}

export class QuorumCardStore implements CardStore {
  readonly #servers: readonly CardServer[];

  constructor(servers: readonly CardServer[]) {
    this.#servers = servers;
  }

  /** Whoever is there also keeps the seats: a server that came back empty sees it now, and not when somebody needs it. */
  async announce(processId: string, details: string, keptMs: number): Promise<void> {
    await this.#most(async ({ cards, voting }) => {
      await Promise.all([voting.seat(), cards.announce(processId, details, keptMs)]);
    });
  }

  async withdraw(processId: string): Promise<void> {
    await this.#most(({ cards }) => cards.withdraw(processId));
  }

  /** What the first server says that knows it. */
  async lookUp(processId: string): Promise<string | undefined> {
    const known = await this.#most(
      ({ cards }) => cards.lookUp(processId),
      (details) => details !== undefined,
    );
    return known.find((details) => details !== undefined);
  }

  /** A card is on a majority, so any majority knows all. Each as the server has it that heard of it last. */
  async list(most: number): Promise<readonly ListedCard[]> {
    const cards = new Map<string, ListedCard>();
    for (const card of (await this.#most((server) => server.cards.list(most))).flat()) {
      const before = cards.get(card.processId);
      if (before === undefined || card.silentMs < before.silentMs) cards.set(card.processId, card);
    }
    return [...cards.values()].toSorted((a, b) => a.silentMs - b.silentMs).slice(0, most);
  }

  /** Asks all; gives the answers when they are from a majority, or when one is enough. */
  #most<T>(
    ask: (server: CardServer) => Promise<T>,
    isEnough: (answer: T) => boolean = () => false,
  ): Promise<readonly T[]> {
    return new Promise((resolve, reject) => {
      const answers: T[] = [];
      const errors: unknown[] = [];
      const count = this.#servers.length;
      for (const server of this.#servers) {
        ask(server).then(
          (answer) => {
            answers.push(answer);
            if (isEnough(answer) || answers.length >= majorityOf(count)) resolve([...answers]);
          },
          (error: unknown) => {
            errors.push(asStoreError(error));
            if (errors.length > count - majorityOf(count)) reject(noQuorum(count, errors));
          },
        );
      }
    });
  }
}
