// What is written to under the lock, in a Redis of its own that no fault touches. It takes every write, and notes who
// began it when, and whether a resource that compares fences would have taken it.
import { Redis } from 'ioredis';

const WRITE = `
local highest, journal = KEYS[1], KEYS[2]
local who, startedAt, fence = ARGV[1], ARGV[2], ARGV[3]
local taken = 1
if fence ~= '' then
  local seen = tonumber(redis.call('GET', highest)) or 0
  if tonumber(fence) < seen then taken = 0 else redis.call('SET', highest, fence) end
end
redis.call('RPUSH', journal, who .. ' ' .. startedAt .. ' ' .. taken)
return taken`;

/**
 * @typedef {object} Write
 * @property {string} who
 * @property {number} startedAt common clock, ms
 * @property {boolean} taken whether a resource that compares fences would have taken it: without a fence, always
 */

export class Ledger {
  #redis;

  /** @param {number} port */
  constructor(port) {
    this.#redis = new Redis(port, '127.0.0.1');
  }

  /** @param {string} key @param {{ who: string, startedAt: number, fence?: number }} entry */
  write(key, { who, startedAt, fence }) {
    return this.#redis.eval(WRITE, 2, `${key}:highest`, `${key}:journal`, who, startedAt, fence ?? '');
  }

  /** @param {string} key @returns {Promise<Write[]>} */
  async read(key) {
    const lines = await this.#redis.lrange(`${key}:journal`, 0, -1);
    return lines.map((line) => {
      const [who, startedAt, taken] = line.split(' ');
      return { who, startedAt: Number(startedAt), taken: taken === '1' };
    });
  }

  close() {
    this.#redis.disconnect();
  }
}
