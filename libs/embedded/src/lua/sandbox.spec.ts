import { describe, expect, it } from 'vitest';
import { embedded } from '../embedded.js';
import { SettableClock } from '../settable-clock.js';

const { controls } = embedded({ clock: new SettableClock() });
const evaluate = (source: string, ...args: string[]) => controls.evaluate({ source, args });

describe('the world that a script sees', () => {
  it.each(['os', 'io', 'require', 'debug', 'package', 'print', 'dofile', 'loadfile', 'getfenv', 'setfenv'])(
    'has no %s',
    async (name) => {
      await expect(evaluate(`return ${name}`)).rejects.toThrow(`nonexistent global variable '${name}'`);
    },
  );

  it.each(['cjson', 'cmsgpack', 'struct', 'bit', 'load', 'loadstring'])(
    'says by name that it lacks %s, which Redis has',
    async (name) => {
      await expect(evaluate(`return ${name}`)).rejects.toThrow(`the embedded host has no '${name}'`);
    },
  );

  it('says by name that it lacks a command, an option or a function of redis', async () => {
    await expect(evaluate("return redis.call('XTRIM', 's', 'MAXLEN', 1)")).rejects.toThrow(
      'the embedded host has no command XTRIM',
    );
    await expect(evaluate("return redis.call('ZADD', 'z', 'GT', 1, 'a')")).rejects.toThrow(
      'the embedded host has no option GT of ZADD',
    );
    await expect(evaluate('return redis.setresp(3)')).rejects.toThrow(
      'the embedded host has no redis.setresp',
    );
  });

  it.each([
    'x = 1',
    '_G.x = 1',
    'string.rep = nil',
    'redis.call = nil',
    "rawset(_G, 'x', 1)",
    'setmetatable(redis, {})',
  ])('cannot be changed by %s', async (source) => {
    await expect(evaluate(source)).rejects.toThrow('Attempt to modify a readonly table');
  });

  it('does not lead to the real string library', async () => {
    expect(await evaluate("return getmetatable('')")).toBeNull();
  });

  it('is new for each run: keys and arguments of the run before are gone', async () => {
    await controls.evaluate({ source: 'return 1', keys: ['a', 'b'], args: ['c'] });
    expect(await evaluate('return { #KEYS, #ARGV }')).toEqual([0, 0]);
  });

  it('tells where in the script an error happened', async () => {
    await expect(evaluate('local a = nil\nreturn a.b')).rejects.toThrow(
      /^ERR user_script:2: attempt to index local 'a' .* on @user_script:2\.$/,
    );
  });

  it('keeps running after errors of every kind', async () => {
    const faults = [
      'error({})',
      'local function f() return 1 + f() end return f()',
      'return (',
      'local t = {} t[1] = t return t',
    ];
    for (const fault of faults) await evaluate(fault).catch(() => undefined);
    expect(await evaluate('return 7')).toBe(7);
  });

  it('passes bytes through unchanged, NUL and invalid UTF-8 in between included', async () => {
    expect(await evaluate('return { #ARGV[1], string.byte(ARGV[1], 1), ARGV[1] }', 'é\0ü')).toEqual([
      5,
      195,
      'é\0ü',
    ]);
    expect(await evaluate("redis.call('SET', 'k', '\\200\\0') return #redis.call('GET', 'k')")).toBe(2);
  });
});
