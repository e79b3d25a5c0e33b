/** Keeps the leases of those who do something once, and beside each lock what came of it. */
import { identityOfKind } from '../lease/lease-name.js';
import type { LeaseInspection } from '../lease/lease-store.js';
import type { Finished, OnceStore } from '../once/once-store.js';
import { JointLeaseStore } from './joint-lease-store.js';
import type { KeySpace } from './keys.js';
import type { OnceKeys } from './named-keys.js';
import { runScript } from './run-script.js';
import type { ScriptHost } from './script-host.js';
import { text } from './script-reply.js';
import { leaseRenew, onceBegin, onceFinish, onceForget, onceLeave } from './scripts.generated.js';

const OURS = identityOfKind('once', '');
const NOBODYS = -1;
/** Behind the words that tell that somebody else holds. */
const TOLD_AT = 6;

export class RedisOnceStore extends JointLeaseStore<keyof OnceKeys> implements OnceStore {
  readonly #keys: KeySpace;
  readonly #inspect: (identity: string) => Promise<LeaseInspection>;

  /** @param inspect - of the lock under which it is done */
  constructor(host: ScriptHost, keys: KeySpace, inspect: (identity: string) => Promise<LeaseInspection>) {
    const scripts = { enter: onceBegin, leave: onceLeave, renew: leaseRenew };
    super(
      host,
      {
        ...scripts,
        termsOf: ({ queueing, outcomeSince = NOBODYS }) => [queueing ? 1 : 0, outcomeSince],
        toldIn: (reply) => (reply.length > TOLD_AT ? text(reply[TOLD_AT]) : undefined),
        keysOf: (identity) => keys.once(identity),
        identityIn: (key) => {
          const identity = keys.identityOf(key);
          return identity?.startsWith(OURS) === true ? identity : undefined;
        },
      },
      // Whoever waited looks first what came of it.
      'hint',
    );
    this.#keys = keys;
    this.#inspect = inspect;
  }

  override inspect(identity: string): Promise<LeaseInspection> {
    return this.#inspect(identity);
  }

  async finish({ identity, ...args }: Parameters<OnceStore['finish']>[0]): Promise<Finished> {
    const input = { keys: this.#keys.once(identity), args, forReplicas: true } as const;
    const { reply, unreplicated } = await runScript(this.host, onceFinish, input);
    const [code, theirs] = reply;
    if (code !== 1) return { written: false, theirs: theirs === undefined ? undefined : text(theirs) };
    const forgettable = await unreplicated;
    if (forgettable !== undefined) throw forgettable;
    return { written: true };
  }

  async forget(identity: string): Promise<boolean> {
    const { outcome } = this.#keys.once(identity);
    const { reply } = await runScript(this.host, onceForget, { keys: { outcome }, args: {} });
    return reply[0] === 1;
  }
}
