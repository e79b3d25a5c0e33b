/** The port between what is done once and whatever remembers that. Calls may stay pending; they reject with a `StoreError`. */
export interface OnceStore {
  /** What came of it, as it was saved; nothing when it was not done. */
  read(identity: string): Promise<string | undefined>;
  /** Whether the token still holds the lock of the identity, and what came of it is written down. */
  save(done: {
    readonly identity: string;
    readonly token: string;
    readonly told: string;
    readonly rememberMs: number;
  }): Promise<boolean>;
  forget(identity: string): Promise<boolean>;
}
