import { channel } from 'node:diagnostics_channel';
import { describe, expect, it } from 'vitest';
import {
  LEASE_CHANNEL,
  leaseEvents,
  onLeaseEvent,
  type LeaseEvent,
  type LeaseEventDetails,
} from './events.js';

const granted: LeaseEventDetails = { type: 'granted', lockName: 'order', fence: 7, waitedMs: 1 };

describe('lease events', () => {
  it('are not built while nobody listens', () => {
    let built = 0;
    const publish = leaseEvents('shop', 'web-1');
    const tell = () =>
      publish(() => {
        built += 1;
        return granted;
      });
    tell();
    const stop = onLeaseEvent(() => undefined);
    tell();
    stop();
    tell();
    expect(built).toBe(1);
  });

  it('say which instance they are of', () => {
    const seen: LeaseEvent[] = [];
    const stop = onLeaseEvent((event) => seen.push(event));
    leaseEvents('shop', 'web-1')(() => granted);
    stop();
    expect(seen).toEqual([{ namespace: 'shop', replica: 'web-1', ...granted }]);
  });

  it('reach every listener, also behind one that throws, and hurt nobody who tells them', () => {
    const seen: string[] = [];
    const stops = [
      onLeaseEvent(() => {
        throw new Error('a bad observer');
      }),
      onLeaseEvent(({ type }) => seen.push(type)),
    ];
    leaseEvents('shop', 'web-1')(() => granted);
    for (const stop of stops) stop();
    expect(seen).toEqual(['granted']);
  });

  it('are only what they look like: whatever else somebody publishes there is left out', () => {
    const seen: LeaseEvent[] = [];
    const stop = onLeaseEvent((event) => seen.push(event));
    for (const message of [undefined, null, 'text', 5, {}, { type: 'granted' }])
      channel(LEASE_CHANNEL).publish(message);
    stop();
    expect(seen).toEqual([]);
  });
});
