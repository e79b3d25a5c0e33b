/** Keeps leases through a script host: encodes requests into scripts and decodes their replies into unions. */
import type {
  AcquireRequest,
  LeaseInspection,
  LeasePush,
  LeaseStore,
  ReleaseRequest,
  RenewMember,
  RenewReply,
  Sent,
} from '../lease/lease-store.js';
import type { KeySpace } from './keys.js';
import { LeaseBatcher } from './lease-batcher.js';
import { decodePush } from './lease-push.js';
import { RenewCall } from './renew-call.js';
import { asRenewals } from './renewal-reply.js';
import { runScript } from './run-script.js';
import type { PushedMessage, ScriptHost, ScriptReceipt } from './script-host.js';
import { integer, text } from './script-reply.js';
import { leaseInspect, leaseRenew } from './scripts.generated.js';

/** How the store hands a free lock on: as a grant that the waiter only confirms, or as a hint to come and take it. */
export type HandOff = 'grant' | 'hint';

/** One namespace on one host. */
export class RedisLeaseStore implements LeaseStore {
  readonly grantsArePrompt: boolean;
  readonly durability?: NonNullable<LeaseStore['durability']>;
  readonly mostRenewals?: number;
  readonly #host: ScriptHost;
  readonly #keys: KeySpace;
  readonly #batcher: LeaseBatcher;
  readonly #listeners: ((push: LeasePush) => void)[] = [];

  constructor(host: ScriptHost, keys: KeySpace, handOff: HandOff = 'grant') {
    this.#host = host;
    if (host.replicas !== undefined) this.durability = { mode: 'failover-aware', by: 'replicas' };
    if (host.oneNameACall === true) this.mostRenewals = 1;
    this.#keys = keys;
    this.grantsArePrompt = handOff === 'grant';
    this.#batcher = new LeaseBatcher(host, { keys, byGrant: this.grantsArePrompt });
  }

  /** Listens for pushes to this process, where nobody else does. To be called once, before the first acquire. */
  listen(processId: string): Promise<void> {
    return this.#host.subscribe(this.#keys.channel(processId), (message) => this.deliver(message));
  }

  /** What was pushed to this process, of which others may be meant. */
  deliver(message: PushedMessage): void {
    const push = decodePush(message, (key) => this.#keys.identityOf(key));
    if (push !== undefined) for (const listener of this.#listeners) listener(push);
  }

  onPush(listener: (push: LeasePush) => void): void {
    this.#listeners.push(listener);
  }

  acquire(request: AcquireRequest): void {
    this.#batcher.add(request);
  }

  release(request: ReleaseRequest): void {
    this.#batcher.add(request);
  }

  async renew(members: readonly RenewMember[]): Promise<Sent & { readonly replies: readonly RenewReply[] }> {
    const call = new RenewCall(members, this.#keys);
    const sent = new Promise<ScriptReceipt>((resolve) =>
      this.#batcher.defer(() => resolve(this.#host.run(call))),
    );
    return asRenewals(await sent, members.length, leaseRenew.name);
  }

  async inspect(identity: string): Promise<LeaseInspection> {
    this.#batcher.flush();
    const { lock, fence, queue } = this.#keys.lease(identity);
    const { reply } = await runScript(this.#host, leaseInspect, { keys: { lock, fence, queue }, args: {} });
    const holder = text(reply[1]);
    return {
      holder: holder === '' ? undefined : holder,
      remainingMs: Math.max(0, integer(reply[0])),
      lastFence: integer(reply[2]),
      waiting: integer(reply[3]),
    };
  }
}
