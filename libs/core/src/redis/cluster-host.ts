/**
 * Runs scripts on a cluster: each on the master that carries the slot of its name, through a host of its own.
 *
 * What a node sends elsewhere it did not execute, so it is sent again: to where it was told (MOVED, ASK), or after a while
 * (TRYAGAIN: the keys of the name are at both ends of a move). Calls of one name keep their order meanwhile; renewals,
 * which compare a token and lose nothing by it, need none and pass. Whatever else went wrong is the caller's to know.
 */
import { StoreError } from '../lease/store-error.js';
import type { Clock } from '../time/clock.js';
import type { ClusterPlan } from './cluster-connection.js';
import { ClusterNodes } from './cluster-nodes.js';
import { hashSlot, hashTag } from './hash-slot.js';
import { notConnected } from './ioredis-outcomes.js';
import { NameOrder } from './name-order.js';
import { RedirectError, type Redirection } from './redirect.js';
import type {
  HostContext,
  PushedMessage,
  ScriptCall,
  ScriptHost,
  ScriptReceipt,
  Replication,
  ReplicationState,
  ServerFinding,
} from './script-host.js';
import type { WantedReplicas } from './wanted-replicas.js';

/** How long after it was made a call is sent elsewhere, before its caller is told. */
const FOLLOW_FOR_MS = 5_000;
const CONNECT_WITHIN_MS = 1_000;
const TRY_AGAIN_MS = 20;
/** So many times it is sent on without a pause: nodes that point at each other are not settled yet. */
const PROMPT_HOPS = 3;

const WORST_FIRST: readonly ReplicationState[] = ['too-few', 'not-asked'];

interface SentOnCall {
  readonly call: ScriptCall;
  readonly slot: number;
  /** When its caller is told that it came to nothing. */
  readonly endsAt: number;
}

/** A cluster, on connections of its own. */
export class ClusterHost implements ScriptHost {
  readonly oneNameACall = true;
  readonly clock: Clock;
  readonly label: string;
  readonly keyPrefix: string;
  readonly replicas?: Replication;
  readonly #nodes: ClusterNodes;
  readonly #order = new NameOrder();

  constructor(plan: ClusterPlan, context: HostContext, replicas?: WantedReplicas) {
    this.label = plan.label;
    this.keyPrefix = plan.keyPrefix;
    this.#nodes = new ClusterNodes(plan, context, replicas);
    this.clock = this.#nodes.clock;
    if (replicas !== undefined) this.replicas = { state: () => this.#replicationState() };
  }

  whenUp(withinMs: number): Promise<void> {
    return this.#nodes.whenUp(withinMs);
  }

  run(call: ScriptCall): Promise<ScriptReceipt> {
    const name = hashTag(call.keys[0] ?? '');
    const slot = hashSlot(name);
    // Of the call and not of its turn: those that wait for each other would be more and more.
    const endsAt = this.clock.now() + FOLLOW_FOR_MS;
    const attempt = (): Promise<ScriptReceipt> => this.#send(call, slot);
    const follow = (redirection: Redirection): Promise<ScriptReceipt> =>
      this.#follow({ call, slot, endsAt }, redirection);
    if (call.inAnyOrder !== true)
      return this.#order.run(name, { node: this.#nodes.carrierOf(slot), attempt, follow });
    return attempt().catch(async (error: unknown) => follow(redirectionIn(error)));
  }

  /** One write to each node. */
  together(send: () => void): void {
    let all = send;
    for (const { host } of this.#nodes.all) {
      const inner = all;
      all = () => host.together(inner);
    }
    all();
  }

  /** A message is heard from every node; what counts is the copy of the one that carries its name. */
  subscribe(channel: string, listener: (message: PushedMessage) => void): Promise<void> {
    return this.#nodes.subscribe(channel, (message, from) => {
      // It names the key, and nothing in front of that has braces.
      const slot = hashSlot(hashTag(message.payload));
      if (this.#nodes.isCarrier(from, slot)) listener(message);
    });
  }

  /** Of every node, told with its address. */
  async findings(): Promise<readonly ServerFinding[]> {
    const all = await Promise.all(
      this.#nodes.all.map(async ({ host }) =>
        (await host.findings()).map(({ severity, text }) => ({ severity, text: `${host.label}: ${text}` })),
      ),
    );
    return all.flat();
  }

  get trouble(): StoreError | undefined {
    return this.#nodes.trouble;
  }

  close(withinMs: number): Promise<void> {
    return this.#nodes.close(withinMs);
  }

  /** Of the master that is worst off. */
  async #replicationState(): Promise<ReplicationState> {
    const asked = this.#nodes.all.flatMap(({ host }) => host.replicas ?? []);
    const found = await Promise.all(asked.map((replicas) => replicas.state()));
    return WORST_FIRST.find((state) => found.includes(state)) ?? 'acknowledged';
  }

  #send(call: ScriptCall, slot: number): Promise<ScriptReceipt> {
    const carrier = this.#nodes.carrierOf(slot);
    return carrier === undefined
      ? Promise.reject(this.#nodes.trouble ?? notConnected())
      : carrier.host.run(call);
  }

  /** Sends `call` to where it is sent on to, until that ends. */
  async #follow({ call, slot, endsAt }: SentOnCall, first: Redirection): Promise<ScriptReceipt> {
    let redirection = first;
    for (let hop = 1; this.clock.now() < endsAt; hop += 1) {
      if (redirection.kind === 'try-again' || hop > PROMPT_HOPS) await this.#pause();
      try {
        return await this.#sendOn(call, slot, redirection);
      } catch (error) {
        redirection = redirectionIn(error);
      }
    }
    throw new StoreError('cluster-down', 'A slot was on its way for too long', { ambiguous: false });
  }

  async #sendOn(call: ScriptCall, slot: number, redirection: Redirection): Promise<ScriptReceipt> {
    if (redirection.kind === 'try-again') return this.#send(call, slot);
    const { host } = this.#nodes.pointedTo(slot, redirection);
    await host.whenUp(CONNECT_WITHIN_MS);
    return redirection.kind === 'ask' ? host.runAsking(call) : this.#send(call, slot);
  }

  #pause(): Promise<void> {
    return new Promise((resolve) => {
      this.clock.setTimer(TRY_AGAIN_MS, resolve, 'ref');
    });
  }
}

/** @throws the error, when it is of another kind */
function redirectionIn(error: unknown): Redirection {
  if (error instanceof RedirectError) return error.redirection;
  throw error;
}
