/** Keeps those who hold a lock for reading, in the line of those who want it for themselves. */
import type { LeaseInspection } from '../lease/lease-store.js';
import { JointLeaseStore } from './joint-lease-store.js';
import type { KeySpace } from './keys.js';
import type { ReaderKeys } from './named-keys.js';
import type { ScriptHost } from './script-host.js';
import { readerEnter, readerLeave, readerRenew } from './scripts.generated.js';

/** What tokens of readers end with, and no others; scripts tell readers by it. */
export const READER = 'R';

export class RedisReaderStore extends JointLeaseStore<keyof ReaderKeys> {
  readonly #inspect: (identity: string) => Promise<LeaseInspection>;

  /** @param inspect of the lock, whoever holds it */
  constructor(host: ScriptHost, keys: KeySpace, inspect: (identity: string) => Promise<LeaseInspection>) {
    const scripts = { enter: readerEnter, leave: readerLeave, renew: readerRenew };
    super(
      host,
      {
        ...scripts,
        termsOf: ({ queueing }) => [queueing ? 1 : 0],
        keysOf: (identity) => keys.readers(identity),
        identityIn: (key) => keys.identityOf(key),
        // Grants of plain locks name the same keys.
        isOurs: (token) => token.endsWith(READER),
      },
      // A reader is woken and comes for its lease: only a call knows who else may go in.
      'hint',
    );
    this.#inspect = inspect;
  }

  override inspect(identity: string): Promise<LeaseInspection> {
    return this.#inspect(identity);
  }
}
