import { expect, it } from 'vitest';
import { undeclaredKeys } from './undeclared-keys.js';

it.each([
  [`return redis.call('GET', KEYS[1])`],
  [`local stock, buyers = KEYS[1], KEYS[2]\nredis.call('DECR', stock) redis.pcall("SADD", buyers, ARGV[1])`],
  [`for _, key in ipairs(KEYS) do redis.call('DEL', key) end`],
  [`local function take(key) return redis.call('GET', key) end return take(KEYS[1])`],
  [`redis.call('PUBLISH', 'news', 'x') return redis.call('TIME')`],
  [`-- redis.call('GET', 'commented')\n--[[ redis.call('GET', 'too') ]] return 1`],
  [`local text = "redis.call('GET', 'quoted')" return { text }`],
  [`return redis.call('SET', KEYS[1], 'a' .. 'b')`],
])('finds nothing in %j', (source) => {
  expect(undeclaredKeys(source)).toEqual([]);
});

it.each([
  [`return redis.call('GET', 'stock')`, `line 1: GET touches 'stock', which is not in KEYS`],
  [`\n\nredis.pcall('set', "a", 1)`, `line 3: SET touches "a", which is not in KEYS`],
  [`return redis.call('GET', ARGV[1])`, `line 1: GET touches ARGV [ 1 ], which is not in KEYS`],
  [
    `return redis.call('GET', KEYS[1] .. ':x')`,
    `line 1: GET touches KEYS [ 1 ] .. ':x', which is not in KEYS`,
  ],
  [`local key = 'a' .. ARGV[1]\nredis.call('GET', key)`, `line 2: GET touches key, which is not in KEYS`],
  [`local a, b = KEYS[1], ARGV[1]\nredis.call('DEL', a, b)`, `line 2: DEL touches b, which is not in KEYS`],
  [`local a = ARGV[1]\nlocal b = a\nredis.call('GET', b)`, `line 3: GET touches b, which is not in KEYS`],
])('finds what is not in KEYS in %j', (source, found) => {
  expect(undeclaredKeys(source)).toEqual([found]);
});
