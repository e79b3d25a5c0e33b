/** Keeps permits through a script host: each request is a call of its own, each token has a lease of its own. */
import type {
  AcquireReply,
  AcquireRequest,
  LeaseInspection,
  LeasePush,
  ReleaseRequest,
  RenewMember,
  RenewReply,
  Sent,
} from '../lease/lease-store.js';
import { asStoreError } from '../lease/store-error.js';
import type { PermitHolder, PermitInspection, PermitStore } from '../semaphore/permit-store.js';
import type { KeySpace } from './keys.js';
import { decodePush } from './lease-push.js';
import { PermitCall } from './permit-call.js';
import type { HandOff } from './redis-lease-store.js';
import { asRenewals } from './renewal-reply.js';
import { runScript } from './run-script.js';
import type { PushedMessage, ScriptHost, ScriptReceipt } from './script-host.js';
import { integer, text } from './script-reply.js';
import { semaphoreGiveBack, semaphoreInspect, semaphoreRenew, semaphoreResize } from './scripts.generated.js';

/** What a holder is told in, behind the five numbers about all of them. */
const HOLDER_WORDS = 3;

export class RedisPermitStore implements PermitStore {
  readonly shared = true;
  readonly grantsArePrompt: boolean;
  readonly durability?: NonNullable<PermitStore['durability']>;
  readonly mostRenewals?: number;
  readonly #host: ScriptHost;
  readonly #keys: KeySpace;
  readonly #listeners: ((push: LeasePush) => void)[] = [];

  constructor(host: ScriptHost, keys: KeySpace, handOff: HandOff) {
    this.#host = host;
    if (host.replicas !== undefined) this.durability = { mode: 'failover-aware', by: 'replicas' };
    if (host.oneNameACall === true) this.mostRenewals = 1;
    this.#keys = keys;
    this.grantsArePrompt = handOff === 'grant';
  }

  onPush(listener: (push: LeasePush) => void): void {
    this.#listeners.push(listener);
  }

  /** What was pushed to this process, of which others may be meant. */
  deliver(message: PushedMessage): void {
    const push = decodePush(message, (key) => this.#keys.identityOfPermits(key));
    if (push !== undefined) for (const listener of this.#listeners) listener(push);
  }

  acquire(request: AcquireRequest): void {
    const call = new PermitCall(request, this.#keys.permits(request.identity), this.grantsArePrompt);
    this.#host.run(call).then(
      (receipt) => tell(request, receipt),
      (error: unknown) => request.failed(asStoreError(error)),
    );
  }

  release(request: ReleaseRequest): void {
    const { identity, token } = request;
    const input = { keys: this.#keys.permits(identity), args: { token } };
    runScript(this.#host, semaphoreGiveBack, input).then(
      ({ reply }) => request.answered(reply[0] === 1),
      (error: unknown) => request.failed(asStoreError(error)),
    );
  }

  async renew(members: readonly RenewMember[]): Promise<Sent & { readonly replies: readonly RenewReply[] }> {
    const receipt = await this.#host.run({
      script: semaphoreRenew,
      keys: members.flatMap(({ identity }) => {
        const { permits, holds } = this.#keys.permits(identity);
        return [permits, holds];
      }),
      args: members.flatMap(({ token, ttlMs }) => [token, ttlMs]),
      inAnyOrder: true,
      forReplicas: true,
    });
    return asRenewals(receipt, members.length, semaphoreRenew.name);
  }

  async inspect(identity: string): Promise<LeaseInspection> {
    const { holders, waiting, lastFence } = await this.look(identity, 1);
    const [first] = holders;
    return { holder: first?.token, remainingMs: first?.remainingMs ?? 0, lastFence, waiting };
  }

  async look(identity: string, most: number): Promise<PermitInspection> {
    const input = { keys: this.#keys.permits(identity), args: { many: most } };
    const { reply } = await runScript(this.#host, semaphoreInspect, input);
    const [size, waiting, lastFence, count, more] = reply.slice(0, 5).map(integer);
    const told = reply.slice(5);
    const holders = Array.from({ length: told.length / HOLDER_WORDS }, (_, at) =>
      asHolder(told.slice(at * HOLDER_WORDS)),
    );
    return {
      size: size === 0 ? undefined : size,
      taken: (count ?? 0) + (more ?? 0),
      waiting: waiting ?? 0,
      lastFence: lastFence ?? 0,
      holders,
    };
  }

  async resize(identity: string, permits: number | undefined, keptMs: number): Promise<void> {
    const input = { keys: this.#keys.permits(identity), args: { most: permits ?? 0, keptMs } };
    await runScript(this.#host, semaphoreResize, input);
  }
}

function asHolder([token, remainingMs, hold]: readonly (string | number)[]): PermitHolder {
  const [fence = 0, permits = 1] = text(hold).split(' ').map(Number);
  return { token: text(token), remainingMs: integer(remainingMs), fence, permits };
}

/** A grant counts when enough replicas have it; that there are too few permits counts at once. */
function tell(request: AcquireRequest, receipt: ScriptReceipt): void {
  const { reply, sentAt, epoch, unreplicated } = receipt;
  const fence = integer(reply[0]);
  if (fence === 0) {
    request.answered(taken(receipt));
    return;
  }
  const granted = { outcome: 'granted', fence, sentAt, epoch } as const;
  if (unreplicated === undefined) request.answered(granted);
  else void unreplicated.then((why) => (why === undefined ? request.answered(granted) : request.failed(why)));
}

function taken({ reply, sentAt, epoch }: ScriptReceipt): AcquireReply {
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
