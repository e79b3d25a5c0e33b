/** The language itself: one line of Lua each, and both hosts must say the same. */
import type { Redis } from 'ioredis';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { embedded, SettableClock } from '../../libs/embedded/src/index.js';
import { startRedis, type RedisServer } from '../support/redis-server.js';
import { told } from './two-hosts.js';

const { controls } = embedded({ clock: new SettableClock() });
let server: RedisServer;
let redis: Redis;

beforeAll(async () => {
  server = await startRedis();
  redis = server.client();
});
afterAll(() => server.stop());

async function expectAgreement(source: string): Promise<void> {
  const real = await redis.eval(source, 0).catch((error: unknown) => error);
  const ours = await controls.evaluate({ source }).catch((error: unknown) => error);
  expect(told(ours)).toEqual(told(real));
}

const probes: Readonly<Record<string, readonly string[]>> = {
  'numbers as texts': [
    'return { tostring(1e14), 1e15 .. "", tostring(2^53), tostring(2^63), tostring(1e100), tostring(0.1), 2.5 .. "" }',
    'return { tostring(3.0), 7 / 2 .. "", 10 / 2 .. "", tostring(0 / 0), tostring(1 / 0), tostring(-0) }',
    'return { tostring(12345678901234567890), 100000000000000 .. "", 0.1 + 0.2 .. "", tostring(math.pi) }',
    "return string.format('%.0f %.14g %.17g %g %e', 2^53, 0.1, 0.1, 1e20, 12345.678)",
    "return string.format('%d %5d|%-5d|%05d|%+d|%.3d|%i', 3.99, 42, 42, 42, 42, 7, -3.99)",
    "return string.format('%d|%20d|%-20d|%s|%%', 2^53, 2^40, -2^41, 'x')",
    "return string.format('%x %X %o %x %X', 255, 255, 8, -256, 2^52 + 255)",
    "return string.format('%5.2f|%-8s|%10.3s|%q|%c', 3.14159, 'ab', 'abcdef', 'x\\ny', 65)",
  ],
  'texts as numbers': [
    "return { '10' + 5, '0x10' + 0, 10 .. 20, tonumber(' 0x10 '), tonumber('1e2'), tonumber('0x1p4') or 'none' }",
    "return { type(tonumber('12abc')), type(tonumber('')), tostring(tonumber('inf')), tostring(tonumber('nan')) }",
    "return { tonumber('zz', 36), tonumber('ffffffffff', 16), tonumber('777777777777', 8), tonumber('11', 2) }",
    "return { tostring(tonumber('-ff', 16)), tostring(tonumber('ffffffffffffffffffff', 16)), tonumber('0xff', 16) }",
    "return 'abc' + 1",
  ],
  arithmetic: [
    'return { 7 % -3, -7 % 3, 2^10, math.floor(-2.5), math.ceil(-2.5), math.fmod(7, 3), tostring(10 % 0) }',
    'return { math.max(1, 2.5) .. "", math.huge > 1, math.ldexp(1, 10), math.modf(3.7), math.frexp(8) }',
    'return { 2.9, -2.9, 1e15, 9007199254740993, 1 / 0, -1 / 0, 2^63 }',
  ],
  texts: [
    "return { #'\\0abc', 'a\\0b', '\\65\\066', '\\x41', string.byte('é', 1), #'é', string.upper('aé') }",
    "return { string.sub('hello', 2, -2), string.sub('abc', 1, 2^40), string.byte('abc', 1, 2^40) }",
    "return { string.find('a.b', '.', 1, true), string.find('hello world', '(o)(.)') }",
    "return { string.match('123 45', '^(%d+) (%d+)$'), (string.gsub('abc', '%w', '%0%0')), string.gsub('abc', 'b', '%%') }",
    "local t = {} for w in string.gmatch('a,b,,c', '[^,]+') do t[#t + 1] = w end return t",
    "return { 'x' < 'y', 'Z' < 'a', 'a' < 'B', '10' < '9', '\\200' < '\\100', 'a' < 'ab' }",
    "return { string.rep('ab', 3), string.reverse('abc'), string.gsub('hello', 'l', { l = 'L' }) }",
  ],
  tables: [
    "return { #{ 1, 2, nil, 4 }, select('#', unpack({ 1, nil, 3 }, 1, 3)), select(-1, 1, 2, 3), table.getn({ 1, 2 }) }",
    'local t = { 3, 1, 2 } table.sort(t, function(a, b) return a > b end) return t',
    'local t = { 1, 2 } table.insert(t, 1, 0) table.remove(t) return { table.concat(t, ","), table.maxn({ 1, [7] = 1 }) }',
    'return setmetatable({ 1, 2 }, { __len = function() return 9 end, __index = { err = "x" } })',
    'return coroutine.wrap(function() coroutine.yield(1) end)()',
    'local t = {} for i = 1, 8001 do t[i] = i end return { unpack(t) }',
  ],
  'what a script returns': [
    'return nil',
    'return',
    'return true',
    'return false',
    'return { true, false, nil, 1 }',
    'return { 1, nil, 3 }',
    'return { { 1, { 2 } }, {}, { n = 1 } }',
    'return 1, 2',
    "return { ok = 'fine' }",
    "return { err = 'MY trouble' }",
    "return { redis.status_reply('a'), redis.error_reply('MY b'), redis.error_reply('b') }",
    'return redis.status_reply(1)',
    'return redis.error_reply(1, 2)',
    'return function() end',
  ],
  'errors that a script raises': [
    "error('boom')",
    "error('boom', 0)",
    'error()',
    'error(12)',
    "error({ err = 'MY thing' })",
    "assert(false, 'why')",
    'assert(false)',
    'return nil .. "x"',
    'return {} < {}',
    'return 1 < "2"',
    'local a = {} a.b.c = 1',
    "return ('x'):bad()",
    'return undefined_name',
    'undefined_name = 1',
    'this is no Lua',
    'for i = 1, 3 do local y = i end return i',
    "return { pcall(error, { err = 'E x' }) }",
    "return { pcall(error, 'x') }",
    "return select('#', pcall(function() end))",
    "return { xpcall(function() error('a') end, function(e) return 'h:' .. e end) }",
  ],
  'calling Redis': [
    'return redis.call()',
    'return redis.pcall()',
    'return redis.call({})',
    "return redis.call('GET', nil)",
    "return redis.call('GET', true)",
    "return redis.call('GET')",
    "return redis.pcall('GET')",
    "return { redis.pcall('GET'), 1 }",
    "return { pcall(redis.call, 'GET') }",
    "redis.call('HSET', 'h', 'f', 1) return redis.call('GET', 'h')",
    "local caught = redis.pcall('GET', 'h') return { type(caught), caught.err }",
    "return { redis.call('SET', 'k', 'v').ok, type(redis.call('GET', 'none')), redis.call('GET', 'k') }",
    "return { redis.call('MGET', 'k', 'none'), type(redis.call('MGET', 'none')[1]) }",
    "local r = {} for i, n in ipairs({ 1e17, 0.1, 2^53, -1.5e-7, 1e300, 1 / 0, -0, 3, 1e15 + 0.5 }) do redis.call('SET', 'n', n) r[i] = redis.call('GET', 'n') end return r",
    "redis.call('ZADD', 'z', 0.1, 'a', 1 / 0, 'b') return { redis.call('ZSCORE', 'z', 'a'), redis.call('ZSCORE', 'z', 'b') }",
    "return redis.sha1hex('x')",
    'return redis.sha1hex()',
    'return redis.log(1)',
    'return { type(_G), _VERSION, type(KEYS), #ARGV }',
  ],
};

describe('Lua on the embedded host and on Redis', () => {
  for (const [subject, sources] of Object.entries(probes)) {
    it.each(sources)(`agrees about ${subject}: %s`, expectAgreement);
  }
});
