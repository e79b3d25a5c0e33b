/** A resource that checks fences, in a Redis of its own: it refuses a number lower than the highest it has seen. */
import type { PermitProof } from '@holdfast/core';
import { Redis } from 'ioredis';

/** Keeps the highest fence and a journal of every attempt, accepted or not, in one step. */
const WRITE = `
local highest, journal = KEYS[1], KEYS[2]
local fence, line = tonumber(ARGV[1]), ARGV[2]
local seen = tonumber(redis.call('GET', highest)) or 0
local accepted = fence >= seen and 1 or 0
if accepted == 1 then redis.call('SET', highest, ARGV[1]) end
redis.call('RPUSH', journal, accepted .. ' ' .. ARGV[1] .. ' ' .. line)
return { accepted, seen }
`;

/** As a `PermitGuard` does it: goes by the newest look at who has permits. */
const WRITE_PROVEN = `
local view, journal = KEYS[1], KEYS[2]
local fence, as_of, live, line = ARGV[1], ARGV[2], ARGV[3], ARGV[4]
if tonumber(as_of) > (tonumber(redis.call('HGET', view, 'asOf')) or 0) then
  redis.call('HSET', view, 'asOf', as_of, 'live', live)
end
local accepted = string.find(redis.call('HGET', view, 'live'), ' ' .. fence .. ' ', 1, true) and 1 or 0
redis.call('RPUSH', journal, accepted .. ' ' .. fence .. ' ' .. line)
return accepted
`;

export interface LedgerAnswer {
  readonly accepted: boolean;
  readonly highestSeen: number;
}

export class FencedLedger {
  readonly #redis: Redis;
  readonly #key: string;
  readonly #writer: string;

  constructor(url: string, { key, writer }: { readonly key: string; readonly writer: string }) {
    this.#redis = new Redis(url, { maxRetriesPerRequest: 3 });
    this.#redis.on('error', () => undefined);
    this.#key = key;
    this.#writer = writer;
  }

  /**
   * `<key>:highest` holds the highest fence, `<key>:journal` lines of "accepted fence startedAt writer".
   *
   * @param resource one of several in this ledger, each with its own fence and its own journal below `<key>:<resource>`
   */
  async write(fence: number, startedAt: number, resource?: string): Promise<LedgerAnswer> {
    const line = `${startedAt} ${this.#writer}`;
    const key = resource === undefined ? this.#key : `${this.#key}:${resource}`;
    const reply: unknown = await this.#redis.eval(WRITE, 2, `${key}:highest`, `${key}:journal`, fence, line);
    const [accepted, highestSeen] = Array.isArray(reply) ? reply.map(Number) : [];
    return { accepted: accepted === 1, highestSeen: highestSeen ?? 0 };
  }

  /** Whether it was accepted; journal as of {@link write}, `<key>:view` holds the newest look. */
  async writeProven({ fence, asOf, live }: PermitProof, startedAt: number): Promise<boolean> {
    const keys = [`${this.#key}:view`, `${this.#key}:journal`];
    const line = `${startedAt} ${this.#writer}`;
    const reply = await this.#redis.eval(WRITE_PROVEN, 2, ...keys, fence, asOf, ` ${live.join(' ')} `, line);
    return reply === 1;
  }

  async close(): Promise<void> {
    this.#redis.disconnect();
  }
}
