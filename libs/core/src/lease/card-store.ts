/** Where the cards of processes are kept. */
export interface CardStore {
  announce(processId: string, details: string, ttlMs: number): Promise<void>;
  withdraw(processId: string): Promise<void>;
  lookUp(processId: string): Promise<string | undefined>;
}
