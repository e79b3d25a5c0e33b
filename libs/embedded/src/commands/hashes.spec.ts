import { beforeEach, describe, expect, it } from 'vitest';
import type { EmbeddedControls } from '../controls.js';
import { embedded } from '../embedded.js';
import { SettableClock } from '../settable-clock.js';

let controls: EmbeddedControls;

beforeEach(() => {
  ({ controls } = embedded({ clock: new SettableClock() }));
});

describe('HINCRBY', () => {
  it('counts to the last digit of 64 bits, and not beyond', () => {
    controls.command('HSET', 'h', 'n', '9223372036854775805');
    controls.command('HINCRBY', 'h', 'n', 2);
    expect(controls.command('HGET', 'h', 'n')).toBe('9223372036854775807');
    expect(() => controls.command('HINCRBY', 'h', 'n', 1)).toThrow(
      'ERR increment or decrement would overflow',
    );
    expect(controls.command('HGET', 'h', 'n')).toBe('9223372036854775807');
  });

  it('begins at nothing, and refuses a text that is no number', () => {
    expect(controls.command('HINCRBY', 'h', 'new', -3)).toBe(-3);
    controls.command('HSET', 'h', 'text', '1.0');
    expect(() => controls.command('HINCRBY', 'h', 'text', 1)).toThrow('ERR hash value is not an integer');
  });
});

describe('HGETALL and HMGET', () => {
  it('tell fields in the order in which they came, and nothing for what is not there', () => {
    controls.command('HSET', 'h', 'b', 1, 'a', 2);
    controls.command('HSET', 'h', 'b', 3, 'c', 4);
    expect(controls.command('HGETALL', 'h')).toEqual(['b', '3', 'a', '2', 'c', '4']);
    expect(controls.command('HMGET', 'h', 'c', 'none', 'b')).toEqual(['4', null, '3']);
    expect(controls.command('HGETALL', 'none')).toEqual([]);
    expect(controls.command('HMGET', 'none', 'a')).toEqual([null]);
  });
});
