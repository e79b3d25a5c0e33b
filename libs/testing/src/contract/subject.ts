/** What somebody has to bring to have a store checked by the contract. */
import type { Holdfast, HoldfastOptions } from '@holdfast/core';

/** Options of one instance, without those that decide which store it works on. */
export type InstanceOptions = Omit<Partial<HoldfastOptions>, 'connection' | 'namespace'>;

/** An instance whose process can die. */
export interface MortalHoldfast {
  readonly holdfast: Holdfast;
  /** Ends its connections without a release, as a crash would: nobody hears of it until it is revived. */
  die(): Promise<void>;
  /** Its connections work again, as after a partition: it was not dead, and what it has to say arrives late. */
  revive(): Promise<void>;
}

/** One namespace on one store, for one test. */
export interface ContractSubject {
  /** Starts another instance of the same namespace on the same store. The suite closes it. */
  open(options: InstanceOptions): Promise<Holdfast>;
  openMortal(options: InstanceOptions): Promise<MortalHoldfast>;
  /** Lets `ms` pass for the store and every instance: waits on real time, moves a settable clock. */
  passTime(ms: number): Promise<void>;
  /** Full names of all keys that the store keeps for this namespace. */
  keys(): Promise<readonly string[]>;
  /** How long the key will still be there; `undefined` for one that does not end by itself, 0 for one that is gone. */
  remainingMs(key: string): Promise<number | undefined>;
  /** Deletes keys behind the library's back, as an administrator would. */
  deleteKeys(keys: readonly string[]): Promise<void>;
  /** Called last, when every instance is closed. */
  close(): Promise<void>;
}

/** A store to be checked. */
export interface ContractSuite {
  /** Of the store, for titles: `one Redis`, `the embedded host`. */
  readonly name: string;
  /** The ttl of the leases under test, and of runs that are to be lost. On real time long enough for a busy machine. @defaultValue 1000 */
  readonly ttlMs?: number;
  /** Chapters that the store cannot have, each with the reason: they are registered as skipped, for everybody to see. */
  readonly leftOut?: Readonly<Record<string, string>>;
  /** Called once a test. */
  open(): Promise<ContractSubject>;
}
