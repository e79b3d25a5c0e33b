/** A thousand leaders that crash, freeze or leave, on a settable clock: never two whose terms are both good. */
import { StaleFenceError } from '@holdfast/core';
import { expect, it } from 'vitest';
import { Town, TTL_MS } from './support/town.js';

const ROUNDS = 1_000;
const CANDIDATES = 3;

/** The same numbers each time. */
function* numbers(): Generator<number, never> {
  for (let state = 7; ; state = (state * 48_271) % 2_147_483_647) yield state / 2_147_483_647;
}

it('whatever ends a leader, there is one, in time, and no stale write is accepted', async () => {
  const town = new Town();
  for (let count = 0; count < CANDIDATES; count += 1) await town.populate();
  const random = numbers();
  let { leader, term } = await town.nextLeader();
  for (let round = 0; round < ROUNDS; round += 1) {
    await town.pass(random.next().value * TTL_MS);
    const last = { leader, term };
    const way = (['crash', 'freeze', 'leave'] as const)[Math.floor(random.next().value * 3)];
    if (way === 'crash') town.kill(leader);
    else if (way === 'freeze') town.freeze(leader);
    else await town.close(leader);
    const next = await town.nextLeader();
    expect(next.term).toBeGreaterThan(last.term);
    expect(next.tookMs, way).toBeLessThanOrEqual(way === 'leave' ? 200 : TTL_MS + 1_000);
    if (way === 'freeze') {
      await town.pass(random.next().value * TTL_MS);
      expect(() => town.resource.write(last.term, round)).toThrow(StaleFenceError);
      town.thaw(last.leader);
    } else await town.populate();
    ({ leader, term } = await town.nextLeader());
  }
  const terms = town.resource.accepted.map(({ fence }) => fence);
  expect(terms).toEqual(terms.toSorted((a, b) => a - b));
  expect(town.resource.refused.length).toBeGreaterThan(ROUNDS / 4);
}, 120_000);
