/** What tools/lua-scripts.mjs refuses: a header is the only declaration of a script, so a bent one must not be built. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { describe, expect, it, onTestFinished } from 'vitest';
import { root } from './repository.js';

interface ReadScript {
  readonly name: string;
  readonly keys: readonly { readonly name: string }[];
  readonly args: readonly { readonly name: string }[];
  readonly eachKeys: readonly { readonly name: string }[];
  readonly source: string;
}

interface ScriptReader {
  readScripts(folder: string): ReadScript[];
}

const { readScripts }: ScriptReader = await import(pathToFileURL(join(root, 'tools/lua-scripts.mjs')).href);

/** A good script, in the parts that a case bends. */
const GOOD = {
  summary: ['--- Says what is there.'],
  keys: ['-- @key lock STRING token of the holder', '-- @key queue ZSET tokens in line'],
  args: ['-- @arg token proof of the acquisition', '-- @arg ttlMs how long it lasts'],
  reply: ['-- @reply {1} there; {0} not there'],
  bindings: ['local lock, queue = KEYS[1], KEYS[2]', 'local token, ttl_ms = ARGV[1], tonumber(ARGV[2])'],
  body: ["redis.call('SET', lock, token, 'PX', ttl_ms)", "return { redis.call('ZCARD', queue) }"],
};

/** A good script for many members. */
const GOOD_BATCH = {
  ...GOOD,
  keys: ['-- @each key lock STRING token of the holder'],
  args: ['-- @each arg token proof of the acquisition', '-- @each arg ttlMs how long it lasts'],
  bindings: ['for member = 1, #KEYS do', '  local lock = KEYS[member]'],
  body: ['  local token, ttl_ms = ARGV[2 * member - 1], ARGV[2 * member]', 'end', 'return {}'],
};

const LOOP_OF_TWO = 'for member = 1, #KEYS / 2 do';
/** Where a member has two keys. */
const TWO_KEYS = {
  keys: [...GOOD_BATCH.keys, '-- @each key queue ZSET tokens in line'],
  bindings: [LOOP_OF_TWO, '  local lock, queue = KEYS[2 * member - 1], KEYS[2 * member]'],
};

type Parts = Partial<typeof GOOD>;

const textOf = (parts: typeof GOOD): string => `${Object.values(parts).flat().join('\n')}\n`;

/** Reads a folder of its own with one script in it, and a file that it may include. */
function reading(text: string): ReadScript[] {
  const folder = mkdtempSync(join(tmpdir(), 'holdfast-lua-headers-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  for (const [file, content] of [
    ['lease/look.lua', text],
    ['lib/time.lua', 'local function server_ms() return 1 end\n'],
    ['lib/clock.lua', "local function clock() return tostring(redis.call('TIME')[1]) end\n"],
  ] as const) {
    mkdirSync(dirname(join(folder, file)), { recursive: true });
    writeFileSync(join(folder, file), content);
  }
  return readScripts(folder);
}

const refusalOf = (rule: string): string => `lua/lease/look.lua: ${rule}`;

describe('a script that keeps the rules', () => {
  it('is read with its names, and with what it includes in its place', () => {
    const [script, ...others] = reading(textOf({ ...GOOD, body: ['-- @include lib/time', ...GOOD.body] }));
    expect(others).toEqual([]);
    expect(script?.name).toBe('lease/look');
    expect(script?.keys.map(({ name }) => name)).toEqual(['lock', 'queue']);
    expect(script?.args.map(({ name }) => name)).toEqual(['token', 'ttlMs']);
    expect(script?.source.split('\n')[2]).toBe('local function server_ms() return 1 end');
  });

  it('may do its work for many members', () => {
    const [script] = reading(textOf(GOOD_BATCH));
    expect(script?.eachKeys.map(({ name }) => name)).toEqual(['lock']);
  });

  it('may have several keys for each member', () => {
    const [script] = reading(textOf({ ...GOOD_BATCH, ...TWO_KEYS }));
    expect(script?.eachKeys.map(({ name }) => name)).toEqual(['lock', 'queue']);
  });

  it('may name in a comment what its code must not use', () => {
    expect(
      reading(textOf({ ...GOOD, body: ['-- no while, no tostring(x), no cjson', 'return { 1 }'] })),
    ).toHaveLength(1);
  });
});

describe('a header is refused, by file and rule, when it', () => {
  it.each<[string, Parts, string]>([
    ['has no summary', { summary: [] }, 'starts with "--- one sentence."'],
    [
      'has a summary that is no sentence',
      { summary: ['--- Says what'] },
      'header line not understood: --- Says what',
    ],
    ['has no reply', { reply: [] }, 'has no "-- @reply" line'],
    [
      'has a line of no known kind',
      { args: ['-- @param token proof', ...GOOD.args] },
      'header line not understood: -- @param token proof',
    ],
    [
      'has a key of a type that Redis does not know',
      { keys: ['-- @key lock TEXT token'] },
      'header line not understood: -- @key lock TEXT token',
    ],
    [
      'has an argument without a meaning',
      { args: ['-- @arg token'] },
      'header line not understood: -- @arg token',
    ],
    ['declares no key', { keys: [] }, 'declares no "@key"'],
    [
      'declares keys for the call and for each member',
      { keys: [...GOOD.keys, '-- @each key other STRING whatever'], args: [] },
      'mixes "@key/@arg" with "@each"',
    ],
    [
      'declares arguments for the call beside keys for each member',
      { keys: GOOD_BATCH.keys },
      'mixes "@key/@arg" with "@each"',
    ],
  ])('%s', (_, bent, rule) => {
    expect(() => reading(textOf({ ...GOOD, ...bent }))).toThrow(new Error(refusalOf(rule)));
  });
});

const KEYS_RULE = 'first line must be: local lock, queue = KEYS[1], KEYS[2]';
const ARGS_RULE =
  'second line must be: local token, ttl_ms = ARGV[1], ARGV[2] (each may stand in tonumber()) or: local token, ttl_ms = unpack(ARGV)';

describe('bindings are refused, by file and rule, when', () => {
  it.each([
    ['the keys are swapped', ['local queue, lock = KEYS[1], KEYS[2]', GOOD.bindings[1]], KEYS_RULE],
    [
      'the places of the keys are swapped',
      ['local lock, queue = KEYS[2], KEYS[1]', GOOD.bindings[1]],
      KEYS_RULE,
    ],
    ['a key is not bound', ['local lock = KEYS[1]', GOOD.bindings[1]], KEYS_RULE],
    ['nothing is bound', [], KEYS_RULE],
    ['the arguments are swapped', [GOOD.bindings[0], 'local ttl_ms, token = ARGV[1], ARGV[2]'], ARGS_RULE],
    [
      'the places of the arguments are swapped',
      [GOOD.bindings[0], 'local token, ttl_ms = ARGV[2], ARGV[1]'],
      ARGS_RULE,
    ],
    ['the arguments are not bound', [GOOD.bindings[0]], ARGS_RULE],
  ])('%s', (_, lines, rule) => {
    const bindings = lines.flatMap((line) => line ?? []);
    expect(() => reading(textOf({ ...GOOD, bindings }))).toThrow(new Error(refusalOf(rule)));
  });

  it.each<[string, Parts, string]>([
    [
      'a member has no key',
      { bindings: ['for member = 1, #KEYS do'] },
      'must bind its members by: local lock = KEYS[member]',
    ],
    [
      'a member has no arguments',
      { body: ['end', 'return {}'] },
      'must bind its members by: local token, ttl_ms = ARGV[2 * member - 1], ARGV[2 * member]',
    ],
    [
      'the arguments of a member are swapped',
      { body: ['  local token, ttl_ms = ARGV[2 * member], ARGV[2 * member - 1]', 'end', 'return {}'] },
      'must bind its members by: local token, ttl_ms = ARGV[2 * member - 1], ARGV[2 * member]',
    ],
    [
      'a member has two keys and binds one',
      { keys: TWO_KEYS.keys, bindings: ['for member = 1, #KEYS / 2 do', '  local lock = KEYS[member]'] },
      `must bind its members by: ${TWO_KEYS.bindings[1]?.trim()}`,
    ],
    [
      'the keys of a member are swapped',
      {
        ...TWO_KEYS,
        bindings: [LOOP_OF_TWO, '  local lock, queue = KEYS[2 * member], KEYS[2 * member - 1]'],
      },
      `must bind its members by: ${TWO_KEYS.bindings[1]?.trim()}`,
    ],
    [
      'there are more rounds than members',
      { ...TWO_KEYS, bindings: ['for member = 1, #KEYS do', ...TWO_KEYS.bindings.slice(1)] },
      'must bind its members by: for member = 1, #KEYS / 2 do',
    ],
  ])('%s', (_, bent, rule) => {
    expect(() => reading(textOf({ ...GOOD_BATCH, ...bent }))).toThrow(new Error(refusalOf(rule)));
  });
});

describe('an include is refused, by file and rule, when it', () => {
  it('is not understood', () => {
    const body = ['-- @include time', ...GOOD.body];
    expect(() => reading(textOf({ ...GOOD, body }))).toThrow(
      new Error(refusalOf('include not understood: -- @include time')),
    );
  });

  it('stands there twice', () => {
    const body = ['-- @include lib/time', '-- @include lib/time', ...GOOD.body];
    expect(() => reading(textOf({ ...GOOD, body }))).toThrow(new Error(refusalOf('includes lib/time twice')));
  });

  it('names a file that is not there', () => {
    const body = ['-- @include lib/nowhere', ...GOOD.body];
    expect(() => reading(textOf({ ...GOOD, body }))).toThrow(/lib\/nowhere\.lua/);
  });

  it('brings in what its script must not use', () => {
    const body = ['-- @include lib/clock', ...GOOD.body];
    expect(() => reading(textOf({ ...GOOD, body }))).toThrow(refusalOf('uses tostring'));
  });
});

const COMMAND_RULE = 'calls a command that no script may call';
const CODEC_RULE = 'uses a codec where a flat array does';

describe('code is refused, by file and rule, for', () => {
  it.each([
    ['FLUSHALL', "redis.call('FLUSHALL')", COMMAND_RULE],
    ['FLUSHDB', "redis.call('FLUSHDB')", COMMAND_RULE],
    ['CONFIG', "redis.call('CONFIG', 'GET', 'maxmemory')", COMMAND_RULE],
    ['KEYS', "redis.pcall('KEYS', '*')", COMMAND_RULE],
    ['SCRIPT', "redis.call('SCRIPT', 'KILL')", COMMAND_RULE],
    ['SCAN', "redis.call('SCAN', 0)", COMMAND_RULE],
    ['EVAL', "redis.call('EVAL', 'return 1', 0)", COMMAND_RULE],
    ['EVALSHA', "redis.call('EVALSHA', token, 0)", COMMAND_RULE],
    ['tostring', 'local text = tostring(ttl_ms)', 'uses tostring: it rounds numbers above 1e14'],
    ['%d', "local text = string.format('%d', ttl_ms)", "formats with %d: write '%.0f'"],
    ['cjson', 'local text = cjson.encode({ token })', CODEC_RULE],
    ['cmsgpack', 'local text = cmsgpack.pack({ token })', CODEC_RULE],
    ['while', 'while token do token = nil end', 'loops without a bound'],
    ['repeat', 'repeat token = nil until true', 'loops without a bound'],
  ])('%s', (_, line, rule) => {
    expect(() => reading(textOf({ ...GOOD, body: [line, ...GOOD.body] }))).toThrow(
      new Error(refusalOf(rule)),
    );
  });
});
