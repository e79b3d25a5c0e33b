/**
 * Keeps leases of which a name has several through a script host. Each request is a call of its own; what the scripts are,
 * and how they are spelled, is for who extends it to say.
 */
import type {
  AcquireReply,
  AcquireRequest,
  LeaseInspection,
  LeasePush,
  LeaseRef,
  LeaseStore,
  ReleaseRequest,
  RenewMember,
  RenewReply,
  Sent,
} from '../lease/lease-store.js';
import { asStoreError } from '../lease/store-error.js';
import { decodePush } from './lease-push.js';
import type { HandOff } from './redis-lease-store.js';
import { asRenewals } from './renewal-reply.js';
import type { BatchScript } from './script.js';
import type { PushedMessage, ScriptCall, ScriptHost, ScriptReceipt } from './script-host.js';
import { integer, text } from './script-reply.js';

/** How the scripts of one kind of lease are called. */
export interface JointScripts {
  /** Replies {fence}, or {0, remainingMs, holder, lastFence, position, joined}. */
  readonly enter: (request: AcquireRequest, byGrant: boolean) => ScriptCall;
  /** Replies {1} when the token held. */
  readonly leave: (ref: LeaseRef) => ScriptCall;
  /** Takes token and ttlMs of each member behind its keys. */
  readonly renew: BatchScript<string, 'token' | 'ttlMs'>;
  readonly keysToRenew: (identity: string) => readonly string[];
  /** The identity in a key that a push names, if it is of this kind. */
  readonly identityIn: (key: string) => string | undefined;
  /** Whether a token is of this kind, where keys do not tell. @defaultValue all are */
  readonly isOurs?: (token: string) => boolean;
}

export abstract class JointLeaseStore implements LeaseStore {
  readonly shared = true;
  readonly grantsArePrompt: boolean;
  readonly durability?: NonNullable<LeaseStore['durability']>;
  readonly mostRenewals?: number;
  protected readonly host: ScriptHost;
  readonly #scripts: JointScripts;
  readonly #listeners: ((push: LeasePush) => void)[] = [];

  constructor(host: ScriptHost, scripts: JointScripts, handOff: HandOff) {
    this.host = host;
    this.#scripts = scripts;
    if (host.replicas !== undefined) this.durability = { mode: 'failover-aware', by: 'replicas' };
    if (host.oneNameACall === true) this.mostRenewals = 1;
    this.grantsArePrompt = handOff === 'grant';
  }

  abstract inspect(identity: string): Promise<LeaseInspection>;

  onPush(listener: (push: LeasePush) => void): void {
    this.#listeners.push(listener);
  }

  /** What was pushed to this process, of which others may be meant. */
  deliver(message: PushedMessage): void {
    const push = decodePush(message, this.#scripts.identityIn);
    if (push === undefined || this.#scripts.isOurs?.(push.token) === false) return;
    for (const listener of this.#listeners) listener(push);
  }

  acquire(request: AcquireRequest): void {
    void this.#enter(request);
  }

  release(request: ReleaseRequest): void {
    void this.#leave(request);
  }

  async renew(members: readonly RenewMember[]): Promise<Sent & { readonly replies: readonly RenewReply[] }> {
    const { renew, keysToRenew } = this.#scripts;
    const receipt = await this.host.run({
      script: renew,
      keys: members.flatMap(({ identity }) => keysToRenew(identity)),
      args: members.flatMap(({ token, ttlMs }) => [token, ttlMs]),
      inAnyOrder: true,
      forReplicas: true,
    });
    return asRenewals(receipt, members.length, renew.name);
  }

  async #enter(request: AcquireRequest): Promise<void> {
    try {
      const receipt = await this.host.run(this.#scripts.enter(request, this.grantsArePrompt));
      const reply = asAcquireReply(receipt);
      // A grant counts when enough replicas have it; that there is none counts at once.
      const { unreplicated } = receipt;
      const why = reply.outcome === 'granted' && unreplicated !== undefined ? await unreplicated : undefined;
      if (why === undefined) request.answered(reply);
      else request.failed(why);
    } catch (error) {
      request.failed(asStoreError(error));
    }
  }

  async #leave(request: ReleaseRequest): Promise<void> {
    try {
      const { reply } = await this.host.run(this.#scripts.leave(request));
      request.answered(reply[0] === 1);
    } catch (error) {
      request.failed(asStoreError(error));
    }
  }
}

function asAcquireReply({ reply, sentAt, epoch }: ScriptReceipt): AcquireReply {
  const fence = integer(reply[0]);
  if (fence !== 0) return { outcome: 'granted', fence, sentAt, epoch };
  return {
    outcome: 'taken',
    remainingMs: integer(reply[1]),
    holder: text(reply[2]),
    lastFence: integer(reply[3]),
    position: integer(reply[4]),
    joined: integer(reply[5]) === 1,
    sentAt,
    epoch,
  };
}
