// Lua of the references, and a call by hash that falls back to the text once.
import { createHash } from 'node:crypto';

export const COMPARE_AND_DELETE = `
if redis.call('GET', KEYS[1]) == ARGV[1] then return redis.call('DEL', KEYS[1]) end
return 0`;

/**
 * Loads a script and gives back a function that calls it by its hash, which is all that travels.
 * @param {import('ioredis').Redis} redis
 * @param {string} lua
 */
export async function loadScript(redis, lua) {
  const sha = createHash('sha1').update(lua).digest('hex');
  await redis.script('LOAD', lua);
  return (...keysAndArgs) => redis.evalsha(sha, ...keysAndArgs);
}
