import { getEventListeners } from 'node:events';
import { describe, expect, it } from 'vitest';
import { watchAbort } from './abort-watch.js';

describe('watching a signal', () => {
  it('P1.4 puts one listener on it for any number of watchers, and none when they are gone', () => {
    const { signal } = new AbortController();
    const told: number[] = [];
    const leave = Array.from({ length: 50 }, (_, index) => watchAbort(signal, () => told.push(index)));
    expect(getEventListeners(signal, 'abort')).toHaveLength(1);
    for (const stop of leave) stop();
    for (const stop of leave) stop();
    expect(getEventListeners(signal, 'abort')).toHaveLength(0);
    expect(told).toEqual([]);
  });

  it('tells everybody who is left, once', () => {
    const caller = new AbortController();
    const told: string[] = [];
    watchAbort(caller.signal, () => told.push('first'));
    const leave = watchAbort(caller.signal, () => told.push('gone'));
    watchAbort(caller.signal, () => told.push('last'));
    leave();
    caller.abort();
    expect(told).toEqual(['first', 'last']);
    expect(getEventListeners(caller.signal, 'abort')).toHaveLength(0);
    leave();
  });

  it('begins anew after everybody left', () => {
    const caller = new AbortController();
    const told: string[] = [];
    watchAbort(caller.signal, () => told.push('early'))();
    watchAbort(caller.signal, () => told.push('late'));
    caller.abort();
    expect(told).toEqual(['late']);
  });
});
