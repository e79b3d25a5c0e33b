import { expect, it } from 'vitest';
import { WatchedClock } from '../../../../test/integration/protocol/support/watched-clock.js';
import { WantedReplicas } from './wanted-replicas.js';

const TERMS = { withinMs: 100, fsynced: false } as const;

it('a number that is given stays, whatever is found', () => {
  const wanted = new WantedReplicas({ ...TERMS, atLeast: 2 }, new WatchedClock());
  wanted.found(5);
  expect([wanted.count, wanted.hasToBeFound]).toEqual([2, false]);
});

it('all are as many as there were at most: who is away may come back, and be the primary', () => {
  const wanted = new WantedReplicas({ ...TERMS, atLeast: 'all' }, new WatchedClock());
  const counts = [0, 2, 1, 3].map((found) => {
    wanted.found(found);
    return wanted.count;
  });
  expect(counts).toEqual([undefined, 2, 2, 3]);
});

it('who waits for the number hears when it is known, or when the time is over', async () => {
  const clock = new WatchedClock();
  const wanted = new WantedReplicas({ ...TERMS, atLeast: 'all' }, clock);
  const heard: string[] = [];
  void wanted.whenKnown(50).then(() => heard.push('too late'));
  await clock.advance(50);
  void wanted.whenKnown(50).then(() => heard.push('known'));
  wanted.found(1);
  await clock.settle();
  expect(heard).toEqual(['too late', 'known']);
  await wanted.whenKnown(50);
  expect(clock.armed).toEqual({ ref: 0, unref: 0 });
});
