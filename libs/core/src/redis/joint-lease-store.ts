/**
 * Keeps leases whose requests each are a call of their own: of most of them a name has several. They are answered as a member
 * of `lease/batch` is; which scripts these are is for who extends it to say.
 */
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
import { asStoreError } from '../lease/store-error.js';
import { answer, type BatchMember } from './batch-member.js';
import { decodePush } from './lease-push.js';
import type { HandOff } from './redis-lease-store.js';
import { asRenewals } from './renewal-reply.js';
import type { BatchScript, Script } from './script.js';
import type { PushedMessage, ScriptCall, ScriptHost, ScriptReply } from './script-host.js';

/** The scripts of one kind of lease. */
export interface JointScripts<Key extends string> {
  /** Takes token, ttlMs and {@link termsOf} the request. */
  readonly enter: Script<Key>;
  readonly leave: Script<Key, 'token'>;
  readonly renew: BatchScript<Key, 'token' | 'ttlMs'>;
  readonly termsOf: (request: AcquireRequest) => readonly number[];
  /** What came of it, where that is remembered, in a reply that nobody was granted anything. */
  readonly toldIn?: (reply: ScriptReply) => string | undefined;
  readonly keysOf: (identity: string) => Readonly<Record<Key, string>>;
  /** The identity in a key that a push names, if it is of this kind. */
  readonly identityIn: (key: string) => string | undefined;
  /** Whether a token is of this kind, where keys do not tell. @defaultValue all are */
  readonly isOurs?: (token: string) => boolean;
}

const NOBODYS_TOKEN = '';

export abstract class JointLeaseStore<Key extends string> implements LeaseStore {
  readonly shared = true;
  readonly grantsArePrompt: boolean;
  readonly durability?: NonNullable<LeaseStore['durability']>;
  readonly mostRenewals?: number;
  protected readonly host: ScriptHost;
  readonly #scripts: JointScripts<Key>;
  readonly #listeners: ((push: LeasePush) => void)[] = [];

  constructor(host: ScriptHost, scripts: JointScripts<Key>, handOff: HandOff) {
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
    const { enter: script, termsOf } = this.#scripts;
    const { token, ttlMs } = request;
    void this.#run(request, {
      script,
      keys: this.#keys(script.keys, request.identity),
      // Read each time it is sent: what was given up since must not take anything behind its own clean-up.
      get args() {
        return [request.stillWanted() ? token : NOBODYS_TOKEN, ttlMs, ...termsOf(request)];
      },
      forReplicas: true,
    });
  }

  release(request: ReleaseRequest): void {
    const { leave: script } = this.#scripts;
    void this.#run(request, {
      script,
      keys: this.#keys(script.keys, request.identity),
      args: [request.token],
    });
  }

  async renew(members: readonly RenewMember[]): Promise<Sent & { readonly replies: readonly RenewReply[] }> {
    const { renew: script } = this.#scripts;
    const receipt = await this.host.run({
      script,
      keys: members.flatMap(({ identity }) => this.#keys(script.eachKeys, identity)),
      args: members.flatMap(({ token, ttlMs }) => [token, ttlMs]),
      inAnyOrder: true,
      forReplicas: true,
    });
    return asRenewals(receipt, members.length, script.name);
  }

  #keys(names: readonly Key[], identity: string): readonly string[] {
    const spelled = this.#scripts.keysOf(identity);
    return names.map((key) => spelled[key]);
  }

  async #run(request: BatchMember, call: ScriptCall): Promise<void> {
    try {
      const receipt = await this.host.run(call);
      answer(request, { ...receipt, told: this.#scripts.toldIn?.(receipt.reply) }, 0);
    } catch (error) {
      request.failed(asStoreError(error));
    }
  }
}
