import { StaleFenceError } from '@holdfast/core';
import { describe, expect, it } from 'vitest';
import { FencedResource } from './fenced-resource.js';

describe('a fenced resource', () => {
  it('takes writes whose fence does not fall, and refuses a stale one', () => {
    const resource = new FencedResource<string>('ledger');
    resource.write(7, 'a');
    resource.write(7, 'b');
    resource.write(9, 'c');
    expect(() => resource.write(8, 'late')).toThrow(StaleFenceError);
    expect(resource.value).toBe('c');
    expect(resource.highestFence).toBe(9);
    expect(resource.accepted.map(({ value }) => value)).toEqual(['a', 'b', 'c']);
    expect(resource.refused).toEqual([{ fence: 8, value: 'late', accepted: false }]);
    expect(resource.history.map(({ value }) => value)).toEqual(['a', 'b', 'c', 'late']);
  });

  it('is empty before the first write', () => {
    const resource = new FencedResource();
    expect([resource.value, resource.highestFence, resource.history]).toEqual([undefined, 0, []]);
  });
});
