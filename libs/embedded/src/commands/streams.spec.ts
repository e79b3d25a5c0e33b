import { beforeEach, describe, expect, it } from 'vitest';
import type { Clock } from '@holdfast/core';
import { embedded } from '../embedded.js';
import type { EmbeddedControls } from '../controls.js';

const START = 1_767_225_600_000;
let wallMs = START;
const clock: Clock = {
  now: () => 0,
  wallNow: () => wallMs,
  nowAfterSuspendCheck: () => 0,
  setTimer: () => () => undefined,
  keepAlive: () => undefined,
};
let controls: EmbeddedControls;
const run = (line: string) => {
  const [name = '', ...args] = line.split(' ');
  return controls.command(name, ...args);
};

beforeEach(() => {
  wallMs = START;
  ({ controls } = embedded({ clock }));
});

describe('streams', () => {
  it('get ids from the clock of the server, which grow also where it stands still or is set back', () => {
    const ids = [0, 0, 5, -3_600_000, 5].map((ms) => {
      wallMs = START + ms;
      return run('XADD s * a 1');
    });
    expect(ids).toEqual([`${START}-0`, `${START}-1`, `${START + 5}-0`, `${START + 5}-1`, `${START + 5}-2`]);
  });

  it('get one millisecond for all entries of a script', async () => {
    const source =
      "for at = 1, 3 do redis.call('XADD', 's', '*', 'a', at) end return redis.call('XLEN', 's')";
    expect(await controls.evaluate({ source })).toBe(3);
    expect(run('XRANGE s - +')).toEqual([0, 1, 2].map((at) => [`${START}-${at}`, ['a', String(at + 1)]]));
  });

  it('stay when they are trimmed to nothing, and still know their last id', () => {
    expect(run('XADD s MAXLEN 0 9-1 a 1')).toBe('9-1');
    expect([run('EXISTS s'), run('TYPE s'), run('XLEN s')]).toEqual([1, 'stream', 0]);
    expect(() => run('XADD s 9-1 a 1')).toThrow('equal or smaller than the target stream top item');
    expect(run('XADD s 9-* a 1')).toBe('9-2');
  });

  it('keep the last entries that MAXLEN allows, and expire like any key', () => {
    for (const id of ['1-1', '1-2', '1-3']) run(`XADD s MAXLEN 2 ${id} a ${id}`);
    expect(run('XREVRANGE s + -')).toEqual([
      ['1-3', ['a', '1-3']],
      ['1-2', ['a', '1-2']],
    ]);
    expect([run('PEXPIRE s 1000'), run('PTTL s')]).toEqual([1, 1_000]);
  });

  it('are read a page at a time, from the id before the last one that was told', () => {
    for (const id of ['1-1', '2-0', '2-1', '3-0']) run(`XADD s ${id} a 1`);
    const page = (before: string) => run(`XREVRANGE s ${before} - COUNT 2`);
    expect(page('+')).toEqual([
      ['3-0', ['a', '1']],
      ['2-1', ['a', '1']],
    ]);
    expect(page('(2-1')).toEqual([
      ['2-0', ['a', '1']],
      ['1-1', ['a', '1']],
    ]);
    expect(page('(1-1')).toEqual([]);
  });

  it('answer COUNT 0 with nothing at all, and an absent key with an empty list', () => {
    run('XADD s * a 1');
    expect(run('XRANGE s - + COUNT 0')).toBeNull();
    expect(run('XRANGE none - + COUNT 0')).toEqual([]);
  });

  it('are dumped with their fields in the order in which they came, twice where they came twice', () => {
    run('XADD s 1-1 b 1 a 2 b 3');
    expect(controls.dump()).toEqual({
      s: { type: 'stream', value: [['1-1', ['b', '1', 'a', '2', 'b', '3']]], ttlMs: -1 },
    });
  });

  it.each(['MINID 1 *', 'MAXLEN ~ 5 *', 'LIMIT 1 *', 'NOMKSTREAM *'])(
    'say by name that they lack an option of XADD: %s',
    (words) => {
      expect(() => run(`XADD s ${words} a 1`)).toThrow('the embedded host has no option');
    },
  );
});
