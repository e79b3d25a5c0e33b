/** Where the cards of processes are kept. */
export interface CardStore {
  /** To be said again and again: it is forgotten `keptMs` later. */
  announce(processId: string, details: string, keptMs: number): Promise<void>;
  withdraw(processId: string): Promise<void>;
  lookUp(processId: string): Promise<string | undefined>;
  /** All that are remembered, the one that was heard of last first. */
  list(most: number): Promise<readonly ListedCard[]>;
}

/** A card, and how long ago its process was heard of, by the store's clock. */
export interface ListedCard {
  readonly processId: string;
  readonly silentMs: number;
  readonly details: string;
}
