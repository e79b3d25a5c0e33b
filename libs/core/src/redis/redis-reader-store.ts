/** Keeps those who hold a lock for reading, in the line of those who want it for themselves. */
import type { LeaseInspection } from '../lease/lease-store.js';
import type { KeySpace } from './keys.js';
import { ReaderCall } from './reader-call.js';
import type { ScriptHost } from './script-host.js';
import { readerLeave, readerRenew } from './scripts.generated.js';
import { JointLeaseStore } from './joint-lease-store.js';

/** What tokens of readers end with, and no others; scripts tell readers by it. */
export const READER = 'R';

export class RedisReaderStore extends JointLeaseStore {
  readonly #inspect: (identity: string) => Promise<LeaseInspection>;

  /** @param inspect of the lock, whoever holds it */
  constructor(host: ScriptHost, keys: KeySpace, inspect: (identity: string) => Promise<LeaseInspection>) {
    const scripts = {
      enter: (request: ConstructorParameters<typeof ReaderCall>[0]) =>
        new ReaderCall(request, keys.readers(request.identity)),
      leave: ({ identity, token }: { readonly identity: string; readonly token: string }) => {
        const spelled = keys.readers(identity);
        return { script: readerLeave, keys: readerLeave.keys.map((key) => spelled[key]), args: [token] };
      },
      renew: readerRenew,
      keysToRenew: (identity: string) => {
        const { lock, readers } = keys.readers(identity);
        return [lock, readers];
      },
      identityIn: (key: string) => keys.identityOf(key),
      // Grants of plain locks name the same keys.
      isOurs: (token: string) => token.endsWith(READER),
    };
    // A reader is woken and comes for its lease: only a call knows who else may go in.
    super(host, scripts, 'hint');
    this.#inspect = inspect;
  }

  override inspect(identity: string): Promise<LeaseInspection> {
    return this.#inspect(identity);
  }
}
