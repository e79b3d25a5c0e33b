/** Which node carries which slot, as far as is known: read from CLUSTER SLOTS, and corrected by every MOVED. */
import { SLOTS } from './hash-slot.js';
import type { NodeAddress } from './redirect.js';

/** The master of a range of slots. */
export interface SlotRange {
  readonly first: number;
  readonly last: number;
  readonly master: NodeAddress;
  /** How many replicas it has that work. */
  readonly replicas: number;
}

/** An address as one text. */
export function addressKey({ host, port }: NodeAddress): string {
  return `${host}:${port}`;
}

/**
 * Reads the reply of CLUSTER SLOTS; `undefined` when it is none. A node that does not know its own address leaves it out:
 * then it is the one that was asked.
 */
export function readSlots(reply: unknown, asked: NodeAddress): readonly SlotRange[] | undefined {
  if (!Array.isArray(reply)) return undefined;
  const ranges: SlotRange[] = [];
  for (const range of reply) {
    const [first, last, master, ...replicas]: unknown[] = Array.isArray(range) ? range : [];
    const [host, port]: unknown[] = Array.isArray(master) ? master : [];
    if (typeof first !== 'number' || typeof last !== 'number' || typeof port !== 'number') return undefined;
    const known = typeof host === 'string' && host !== '' && host !== '?';
    const address = { host: known ? host : asked.host, port };
    ranges.push({ first, last, master: address, replicas: replicas.length });
  }
  return ranges;
}

export class SlotMap {
  readonly #owners: (string | undefined)[] = [];
  /** Asked for much more often than it changes, and to look through all slots takes a millisecond. */
  #summary: { readonly owners: ReadonlySet<string>; readonly complete: boolean } | undefined;

  /** The address of the node that carries `slot`. */
  ownerOf(slot: number): string | undefined {
    return this.#owners[slot];
  }

  /** Everybody who carries a slot. */
  get owners(): ReadonlySet<string> {
    return this.#summed.owners;
  }

  /** Whether every slot is carried by somebody. */
  get complete(): boolean {
    return this.#summed.complete;
  }

  replace(ranges: readonly SlotRange[]): void {
    this.#summary = undefined;
    this.#owners.length = 0;
    this.#owners.length = SLOTS;
    for (const { first, last, master } of ranges) this.#owners.fill(addressKey(master), first, last + 1);
  }

  move(slot: number, to: NodeAddress): void {
    this.#summary = undefined;
    this.#owners[slot] = addressKey(to);
  }

  get #summed() {
    this.#summary ??= {
      owners: new Set(this.#owners.filter((owner) => owner !== undefined)),
      complete: this.#owners.length === SLOTS && !this.#owners.includes(undefined),
    };
    return this.#summary;
  }
}
