/**
 * The only place that spells a key or a channel. Layout version 1: `hf1:<namespace>:{<identity>}:<part>`.
 * Everything of one name shares the hash tag, so its scripts stay in one slot of a cluster.
 */
import { escapePart } from '../lease/lease-name.js';
import type {
  CardKeys,
  JobKeys,
  LatchKeys,
  LeaseKeys,
  OnceKeys,
  PermitKeys,
  QuotaKeys,
  ReaderKeys,
} from './named-keys.js';

const LAYOUT = 'hf1';
const TAG_END = '}:';
const LEASE_PARTS = ['lock', 'fence', 'queue'] as const;
const LOCK_SUFFIX = `${TAG_END}lock`;
const PERMITS_SUFFIX = `${TAG_END}permits`;
const WAITING_SUFFIX = `${TAG_END}waiting`;
const LOCK_END = `${LOCK_SUFFIX}\r\n`;

/** The pieces around the identity in the keys of a lease. */
type Frame = readonly [toLock: string, toFence: string, toQueue: string, end: string];

/** The keys and channels of one namespace. */
export class KeySpace {
  readonly #tagPrefix: string;
  readonly #cards: CardKeys;
  /** Of the server in a quorum. Behind `process:`, too. */
  readonly seat: string;
  readonly #channelPrefix: string;
  /** By the length of the identity. */
  readonly #frames: Frame[] = [];

  /** @param keyPrefix what the user's connection puts in front of every key; braces in it are escaped too */
  constructor(namespace: string, keyPrefix = '') {
    const root = `${LAYOUT}:${escapePart(keyPrefix + namespace)}:`;
    this.#tagPrefix = `${root}{`;
    const ofProcesses = `${root}process:{${escapePart(namespace)}${TAG_END}`;
    this.#cards = { cards: `${ofProcesses}cards`, heard: `${ofProcesses}heard` };
    this.seat = `${ofProcesses}seat`;
    this.#channelPrefix = `${root}push:`;
  }

  lease(identity: string): LeaseKeys {
    const tag = `${this.#tagPrefix}${identity}}:`;
    return {
      lock: this.lock(identity),
      fence: `${tag}fence`,
      queue: `${tag}queue`,
    };
  }

  /** Puts the keys of {@link lease} as they are written into `pieces`, seven from `at` on, in the order of the scripts. */
  spellLease(identity: string, pieces: string[], at: number): void {
    const [toLock, toFence, toQueue, end] = this.#frameOf(identity);
    pieces[at] = toLock;
    pieces[at + 1] = identity;
    pieces[at + 2] = toFence;
    pieces[at + 3] = identity;
    pieces[at + 4] = toQueue;
    pieces[at + 5] = identity;
    pieces[at + 6] = end;
  }

  /** The key of {@link lock} as it is written. */
  spellLock(identity: string, pieces: string[]): void {
    const [toLock] = this.#frameOf(identity);
    pieces.push(toLock, identity, LOCK_END);
  }

  /** The mark of a preferred candidate in an election. */
  preferred(identity: string): string {
    return `${this.#tagPrefix}${identity}}:preferred`;
  }

  lock(identity: string): string {
    return `${this.#tagPrefix}${identity}${LOCK_SUFFIX}`;
  }

  readers(identity: string): ReaderKeys {
    return { ...this.lease(identity), readers: `${this.#tagPrefix}${identity}${TAG_END}readers` };
  }

  permits(identity: string): PermitKeys {
    const tag = `${this.#tagPrefix}${identity}${TAG_END}`;
    return {
      permits: `${tag}permits`,
      holds: `${tag}holds`,
      fence: `${tag}fence`,
      queue: `${tag}queue`,
      size: `${tag}size`,
    };
  }

  /** What a limit has counted of somebody; `spelled` tells it from other limits of the same limiter. */
  limit(identity: string, spelled: string): string {
    return `${this.#tagPrefix}${identity}${TAG_END}limit:${spelled}`;
  }

  once(identity: string): OnceKeys {
    return { ...this.lease(identity), outcome: `${this.#tagPrefix}${identity}${TAG_END}outcome` };
  }

  latch(identity: string): LatchKeys {
    const tag = `${this.#tagPrefix}${identity}${TAG_END}`;
    return { arrived: `${tag}arrived`, passed: `${tag}passed`, waiting: `${tag}waiting` };
  }

  /** A key of a script of the user's. */
  part(identity: string, part: string): string {
    return `${this.#tagPrefix}${identity}${TAG_END}${part}`;
  }

  quota(identity: string): QuotaKeys {
    const tag = `${this.#tagPrefix}${identity}${TAG_END}`;
    return {
      counters: `${tag}counters`,
      reserved: `${tag}reserved`,
      amounts: `${tag}amounts`,
      settled: `${tag}settled`,
    };
  }

  /** The identity in a lock key, `undefined` if the key isn't one of this namespace. */
  identityOf(lockKey: string): string | undefined {
    return this.#identityIn(lockKey, LOCK_SUFFIX);
  }

  /** The same for the key that tells who has permits. */
  identityOfPermits(permitsKey: string): string | undefined {
    return this.#identityIn(permitsKey, PERMITS_SUFFIX);
  }

  /** The same for the key that tells who waits for a latch. */
  identityOfWaiting(waitingKey: string): string | undefined {
    return this.#identityIn(waitingKey, WAITING_SUFFIX);
  }

  #identityIn(key: string, suffix: string): string | undefined {
    if (!key.startsWith(this.#tagPrefix) || !key.endsWith(suffix)) return undefined;
    return key.slice(this.#tagPrefix.length, -suffix.length);
  }

  /** What stands around an identity; kept by its length, for there are few. */
  #frameOf(identity: string): Frame {
    const bytes = Buffer.byteLength(identity);
    return this.#frames[bytes] ?? this.#frame(bytes);
  }

  #frame(bytes: number): Frame {
    const [lock = '', fence = '', queue = ''] = LEASE_PARTS.map((part) => {
      const length = Buffer.byteLength(this.#tagPrefix) + bytes + TAG_END.length + part.length;
      return `$${length}\r\n${this.#tagPrefix}`;
    });
    const behind = (part: string): string => `${TAG_END}${part}\r\n`;
    const frame: Frame = [lock, behind('lock') + fence, behind('fence') + queue, behind('queue')];
    this.#frames[bytes] = frame;
    return frame;
  }

  /** @param job its name, escaped */
  job(job: string): JobKeys {
    const tag = `${this.#tagPrefix}${job}${TAG_END}`;
    return {
      job: `${tag}job`,
      ticks: `${tag}ticks`,
      running: `${tag}running`,
      runs: `${tag}runs`,
      minted: `${tag}minted`,
      history: `${tag}history`,
      skips: `${tag}skips`,
    };
  }

  /** Who the processes of the namespace are. Behind `process:`, where no name can reach. */
  processes(): CardKeys {
    return this.#cards;
  }

  /** Where a process listens. Scripts make this of a lock key: what stands in front of its `{`, `push:` and the id. */
  channel(processId: string): string {
    return `${this.#channelPrefix}${processId}`;
  }
}
