/** Keeps leases through a script host: encodes requests into scripts and decodes their replies into unions. */
import type {
  AcquireReply,
  AcquireRequest,
  LeaseInspection,
  LeasePush,
  LeaseStore,
  ReleaseRequest,
  RenewMember,
  RenewReply,
  Sent,
} from '../lease/lease-store.js';
import { StoreError } from '../lease/store-error.js';
import type { KeySpace } from './keys.js';
import { runBatch, runScript } from './run-script.js';
import type { PushedMessage, ScriptHost, ScriptReceipt } from './script-host.js';
import { leaseBatch, leaseInspect, leaseRenew } from './scripts.generated.js';
import { fromServerReply } from './server-reply.js';

/** How the store hands a free lock on: as a grant that the waiter only confirms, or as a hint to come and take it. */
export type HandOff = 'grant' | 'hint';

/** As `idleMs` of a member that acquires. */
const NOT_QUEUEING = -1;
/** As `ttlMs` of a member. */
const GIVING_BACK = 0;

/** One namespace on one host. */
export class RedisLeaseStore implements LeaseStore {
  readonly grantsArePrompt: boolean;
  readonly #host: ScriptHost;
  readonly #keys: KeySpace;
  readonly #handOff: HandOff;
  readonly #listeners: ((push: LeasePush) => void)[] = [];

  constructor(host: ScriptHost, keys: KeySpace, handOff: HandOff = 'grant') {
    this.#host = host;
    this.#keys = keys;
    this.#handOff = handOff;
    this.grantsArePrompt = handOff === 'grant';
  }

  /** Listens for pushes to this process. To be called once, before the first acquire. */
  listen(processId: string): Promise<void> {
    return this.#host.subscribe(this.#keys.channel(processId), (message) => this.#deliver(message));
  }

  onPush(listener: (push: LeasePush) => void): void {
    this.#listeners.push(listener);
  }

  async acquire(request: AcquireRequest): Promise<AcquireReply> {
    const grantMs = this.#handOff === 'grant' ? request.grantMs : 0;
    const receipt = await runBatch(this.#host, leaseBatch, {
      members: [
        {
          keys: this.#keys.lease(request.identity),
          args: {
            token: request.token,
            ttlMs: request.ttlMs,
            idleMs: request.queueing ? grantMs : NOT_QUEUEING,
          },
        },
      ],
      stillWanted: request.stillWanted,
    });
    return decodeAcquire(receipt);
  }

  async renew(members: readonly RenewMember[]): Promise<Sent & { readonly replies: readonly RenewReply[] }> {
    const batch = members.map(({ identity, token, ttlMs }) => ({
      keys: { lock: this.#keys.lock(identity) },
      args: { token, ttlMs },
    }));
    const { reply, sentAt, epoch } = await runBatch(this.#host, leaseRenew, { members: batch });
    return { sentAt, epoch, replies: members.map((_, member) => decodeRenewal(reply[member])) };
  }

  async release(request: ReleaseRequest): Promise<boolean> {
    const { reply } = await runBatch(this.#host, leaseBatch, {
      members: [
        {
          keys: this.#keys.lease(request.identity),
          args: { token: request.token, ttlMs: GIVING_BACK, idleMs: request.holdMs },
        },
      ],
    });
    return codeOf(reply[0]) === 1;
  }

  async inspect(identity: string): Promise<LeaseInspection> {
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

  #deliver(message: PushedMessage): void {
    const push = decodePush(message, this.#keys);
    if (push !== undefined) for (const listener of this.#listeners) listener(push);
  }
}

function decodeAcquire({ reply, sentAt, epoch }: ScriptReceipt): AcquireReply {
  const code = codeOf(reply[0]);
  if (code > 0) return { outcome: 'granted', fence: code, sentAt, epoch };
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

/** What a member was told first; a text is its error. */
function codeOf(value: number | string | undefined): number {
  if (typeof value === 'string') throw fromServerReply(value, leaseBatch.name);
  return integer(value);
}

function decodeRenewal(code: number | string | undefined): RenewReply {
  if (code === 1) return { outcome: 'renewed' };
  if (code === 0) return { outcome: 'lost' };
  return { outcome: 'failed', error: fromServerReply(text(code), leaseRenew.name) };
}

const PUSH_KINDS: ReadonlySet<string> = new Set(['granted', 'wake', 'held'] satisfies LeasePush['kind'][]);
const isPushKind = (kind: string | undefined): kind is LeasePush['kind'] =>
  kind !== undefined && PUSH_KINDS.has(kind);

/** `kind token fence lastsMs lockKey`; only the key may contain spaces. Anything else on our channel is not for us. */
function decodePush({ payload, epoch }: PushedMessage, keys: KeySpace): LeasePush | undefined {
  const [kind, token, fence, lastsMs] = payload.split(' ', 4);
  if (!isPushKind(kind) || token === undefined || fence === undefined || lastsMs === undefined)
    return undefined;
  const identity = keys.identityOf(payload.slice([kind, token, fence, lastsMs, ''].join(' ').length));
  if (identity === undefined) return undefined;
  return { kind, token, identity, fence: Number(fence), lastsMs: Number(lastsMs), epoch };
}

function integer(value: number | string | undefined): number {
  if (typeof value === 'number' && Number.isSafeInteger(value)) return value;
  throw new StoreError('unexpected', `A script answered ${typeof value} where an integer belongs`, {
    ambiguous: true,
  });
}

function text(value: number | string | undefined): string {
  if (typeof value === 'string') return value;
  throw new StoreError('unexpected', `A script answered ${typeof value} where a text belongs`, {
    ambiguous: true,
  });
}
