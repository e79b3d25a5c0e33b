/**
 * The nodes of a cluster: a host for each master, and the map that says who carries which slot.
 *
 * The map is asked for from any node that is up, every five seconds, soon when a node went away or said that a slot is
 * elsewhere, and at once when one owes an answer for a second; ten times a second for as long as a slot has nobody who can
 * be reached. Before anything is known, and when nobody is up, the seeds are asked. Who carries nothing and was not needed
 * since the last answer is let go.
 */
import { StoreError } from '../lease/store-error.js';
import { systemClock, type Clock } from '../time/clock.js';
import { within } from '../time/within.js';
import type { ClusterPlan } from './cluster-connection.js';
import type { HostRole } from './host-role.js';
import { IoredisHost } from './ioredis-host.js';
import { notConnected } from './ioredis-outcomes.js';
import { MapReading } from './map-reading.js';
import type { NodeAddress, Redirection } from './redirect.js';
import type { HostContext, PushedMessage } from './script-host.js';
import { addressKey, readSlots, SlotMap, type SlotRange } from './slot-map.js';
import type { WantedReplicas } from './wanted-replicas.js';
import { UpSignal } from './up-signal.js';

const ANSWER_WITHIN_MS = 1_000;
const HANG_UP_WITHIN_MS = 250;

/** One of them. */
export interface ClusterNode {
  readonly host: IoredisHost;
  readonly address: NodeAddress;
  /** Whether it was needed since the map was last read. */
  needed: boolean;
}

type Listener = (message: PushedMessage, from: ClusterNode) => void;

export class ClusterNodes {
  readonly clock: Clock = systemClock;
  readonly #plan: ClusterPlan;
  readonly #context: HostContext;
  readonly #nodes = new Map<string, ClusterNode>();
  readonly #map = new SlotMap();
  readonly #listeners = new Map<string, Listener>();
  readonly #role: HostRole;
  readonly #signal = new UpSignal(this.clock);
  readonly #reading = new MapReading(this.clock, () => this.#read());
  #epoch = 0;
  #closed = false;
  #known = false;
  /** Why the map could not be had of a node that answered. */
  #refused: StoreError | undefined;

  constructor(plan: ClusterPlan, context: HostContext, replicas?: WantedReplicas) {
    this.#plan = plan;
    this.#context = context;
    this.#role = {
      nextEpoch: () => ++this.#epoch,
      changed: () => this.#changed(),
      inDoubt: () => this.#reading.doubt(),
      isNode: true,
      replicas,
    };
    this.#reading.now();
  }

  /** Who carries `slot`, `undefined` when nobody is known to. */
  carrierOf(slot: number): ClusterNode | undefined {
    const owner = this.#map.ownerOf(slot);
    const node = owner === undefined ? undefined : this.#nodes.get(owner);
    if (node !== undefined) node.needed = true;
    return node;
  }

  isCarrier(node: ClusterNode, slot: number): boolean {
    return this.#map.ownerOf(slot) === addressKey(node.address);
  }

  /**
   * The node that the carrier of `slot` points to, which may be one that was not heard of before.
   * @throws StoreError when nobody is to be spoken to any more
   */
  pointedTo(slot: number, { kind, to }: Exclude<Redirection, { kind: 'try-again' }>): ClusterNode {
    if (this.#closed) throw notConnected();
    const host = to.host === '' ? (this.carrierOf(slot)?.address.host ?? '') : to.host;
    const node = this.#at({ host, port: to.port });
    node.needed = true;
    if (kind === 'moved') {
      this.#map.move(slot, node.address);
      this.#reading.soon();
    }
    return node;
  }

  get all(): readonly ClusterNode[] {
    return [...this.#nodes.values()];
  }

  /** What keeps calls of some names from being let through, or `undefined`. */
  get trouble(): StoreError | undefined {
    if (!this.#known)
      return this.#refused ?? this.all.map(({ host }) => host.trouble).find(Boolean) ?? notConnected();
    if (!this.#map.complete)
      return new StoreError('cluster-down', 'Not every slot has a node', { ambiguous: false });
    return this.#carriers()
      .map(({ host }) => host.trouble)
      .find(Boolean);
  }

  whenUp(withinMs: number): Promise<void> {
    if (this.#closed || this.trouble === undefined) return Promise.resolve();
    return this.#signal.wait(withinMs);
  }

  /** Listens on every node, on which the messages of scripts that it ran come in order with its replies. */
  async subscribe(channel: string, listener: Listener): Promise<void> {
    this.#listeners.set(channel, listener);
    await Promise.all(this.all.map((node) => this.#listen(node, channel, listener)));
  }

  async close(withinMs: number): Promise<void> {
    this.#closed = true;
    this.#reading.close();
    this.#signal.raise();
    await Promise.all(this.all.map(({ host }) => host.close(withinMs)));
  }

  #carriers(): ClusterNode[] {
    return [...this.#map.owners].flatMap((owner) => this.#nodes.get(owner) ?? []);
  }

  #at(address: NodeAddress): ClusterNode {
    return this.#nodes.get(addressKey(address)) ?? this.#open(address);
  }

  #open(address: NodeAddress): ClusterNode {
    const host = new IoredisHost(this.#plan.optionsOf(this.#plan.reach(address)), this.#context, this.#role);
    const node = { host, address, needed: false };
    this.#nodes.set(addressKey(address), node);
    for (const [channel, listener] of this.#listeners) void this.#listen(node, channel, listener);
    return node;
  }

  #listen(node: ClusterNode, channel: string, listener: Listener): Promise<void> {
    return node.host.subscribe(channel, (message) => listener(message, node));
  }

  #changed(): void {
    if (this.#closed) return;
    if (this.trouble === undefined) this.#signal.raise();
    else this.#reading.soon();
  }

  async #read(): Promise<void> {
    const ranges = await this.#askAround();
    if (this.#closed) return;
    if (ranges !== undefined) this.#learn(ranges);
    this.#changed();
  }

  /** One after the other, beginning with any: who is alone in its view of the cluster is not asked every time. */
  async #askAround(): Promise<readonly SlotRange[] | undefined> {
    const up = this.all.filter(({ host }) => host.trouble === undefined);
    if (up.length === 0) for (const seed of this.#plan.seeds) this.#at(seed);
    const start = Math.floor(Math.random() * up.length);
    for (const { host, address } of [...up.slice(start), ...up.slice(0, start)]) {
      const reply = await within(this.clock, ANSWER_WITHIN_MS, host.slots());
      this.#refused = reply instanceof StoreError ? reply : undefined;
      const ranges = readSlots(reply, address);
      if (ranges !== undefined && ranges.length > 0) return ranges;
    }
    return undefined;
  }

  /** A map does not name replicas that have nothing yet: then it is read again. */
  #count(ranges: readonly SlotRange[]): void {
    const { replicas } = this.#role;
    replicas?.found(Math.max(...ranges.map((range) => range.replicas)));
    if (replicas !== undefined && replicas.count === undefined) this.#reading.soon();
  }

  #learn(ranges: readonly SlotRange[]): void {
    this.#known = true;
    this.#map.replace(ranges);
    this.#count(ranges);
    for (const { master } of ranges) this.#at(master);
    const { owners } = this.#map;
    for (const [key, node] of this.#nodes) {
      if (!owners.has(key) && !node.needed) {
        this.#nodes.delete(key);
        void node.host.close(HANG_UP_WITHIN_MS);
      }
      node.needed = false;
    }
  }
}
