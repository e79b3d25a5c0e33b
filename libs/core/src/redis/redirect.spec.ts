import { describe, expect, it } from 'vitest';
import { redirectionOf, type Redirection } from './redirect.js';
import { readSlots, SlotMap } from './slot-map.js';

describe('an answer that sends a call elsewhere', () => {
  it.each<[string, Redirection | undefined]>([
    ['MOVED 3999 127.0.0.1:6381', { kind: 'moved', slot: 3_999, to: { host: '127.0.0.1', port: 6_381 } }],
    [
      'MOVED 0 redis-2.shop.local:6379',
      { kind: 'moved', slot: 0, to: { host: 'redis-2.shop.local', port: 6_379 } },
    ],
    ['MOVED 1 fd00::2:6379', { kind: 'moved', slot: 1, to: { host: 'fd00::2', port: 6_379 } }],
    ['MOVED 1 :6379', { kind: 'moved', slot: 1, to: { host: '', port: 6_379 } }],
    ['ASK 3999 127.0.0.1:6381', { kind: 'ask', to: { host: '127.0.0.1', port: 6_381 } }],
    ['TRYAGAIN Multiple keys request during rehashing of slot', { kind: 'try-again' }],
    ['CLUSTERDOWN Hash slot not served', undefined],
    ['MOVED', undefined],
    ['ERR value of order MOVED 1 a:1', undefined],
  ])('%s', (message, redirection) => {
    expect(redirectionOf(message)).toEqual(redirection);
  });
});

describe('the map of slots', () => {
  const asked = { host: 'asked', port: 1 };

  it('knows the master of each range, and who was asked by its silence about itself', () => {
    const slots = [
      [0, 5_000, ['a', 1, 'id', []], ['replica', 2, 'id']],
      [5_001, 16_383, ['', 3, 'id']],
    ];
    const map = new SlotMap();
    map.replace(readSlots(slots, asked) ?? []);
    expect([0, 5_000, 5_001, 16_383].map((slot) => map.ownerOf(slot))).toEqual([
      'a:1',
      'a:1',
      'asked:3',
      'asked:3',
    ]);
    expect(map.complete).toBe(true);
    expect([...map.owners]).toEqual(['a:1', 'asked:3']);
  });

  it('is not complete while a slot has nobody', () => {
    const map = new SlotMap();
    expect(map.complete).toBe(false);
    map.replace(readSlots([[0, 16_382, ['a', 1]]], asked) ?? []);
    expect(map.complete).toBe(false);
    map.move(16_383, { host: 'b', port: 2 });
    expect(map.complete).toBe(true);
  });

  it.each([[undefined], ['OK'], [[['0', 1, ['a', 1]]]], [[[0, 1]]], [new Error('NOPERM')]])(
    'takes nothing from an answer that is no such list: %s',
    (reply) => {
      expect(readSlots(reply, asked)).toBeUndefined();
    },
  );
});
