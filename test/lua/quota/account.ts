/** What an account of a quota looks like in Redis. */
import type { Keyspace } from '../../support/keyspace.js';
import type { Arguments } from '../lua-bench.js';

export const KEPT_MS = 90_000;

/** A counter as it is written. */
export interface Counter {
  readonly v: number;
  readonly u?: number;
  readonly d?: number;
  readonly w?: number;
}

/** Counters of an account. */
export function countersOf(counters: Readonly<Record<string, Counter>>, key = 'counters'): Keyspace {
  const value: Record<string, string> = {};
  for (const [name, { v, u = 0, d = 0, w = 0 }] of Object.entries(counters))
    Object.assign(value, {
      [`v${name}`]: `${v}`,
      [`u${name}`]: `${u}`,
      [`d${name}`]: `${d}`,
      [`w${name}`]: `${w}`,
    });
  return { [key]: { type: 'hash', value, ttlMs: KEPT_MS } };
}

/** A reservation of an account, that ends so long from now. */
export function reservationOf(id: string, amounts: string, leftMs: number): Keyspace {
  return {
    reserved: { type: 'zset', value: { [id]: Date.now() + leftMs }, ttlMs: KEPT_MS },
    amounts: { type: 'hash', value: { [id]: amounts }, ttlMs: KEPT_MS },
  };
}

/** What a change asks for, of one counter. */
export const asking = (args: Arguments): Arguments => ({
  name: 'left',
  by: 0,
  least: 0,
  most: 10,
  initial: 5,
  window: 0,
  id: '',
  reserveMs: 0,
  rememberMs: 9_000,
  keepMs: KEPT_MS,
  ...args,
});
