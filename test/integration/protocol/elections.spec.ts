/** A thousand leaders that crash, freeze or leave, on a settable clock: never two whose terms are both good. */
import { createHoldfast, StaleFenceError, type Campaign, type Holdfast } from '@holdfast/core';
import { embedded, SettableClock } from '@holdfast/embedded';
import { FencedResource } from '@holdfast/testing';
import { expect, it } from 'vitest';
import { Freezable } from '../../support/freezable.js';

const TTL_MS = 300;
const ROUNDS = 1_000;
const CANDIDATES = 3;
const STEP_MS = 10;

interface Process {
  readonly connection: Freezable;
  readonly holdfast: Holdfast;
  readonly campaign: Campaign;
}

class Town {
  readonly resource = new FencedResource('town hall');
  readonly #clock = new SettableClock();
  readonly #provider = embedded({ clock: this.#clock });
  readonly #awake = new Set<Process>();

  async populate(): Promise<Process> {
    const connection = new Freezable(this.#provider);
    const holdfast = await createHoldfast({
      connection,
      namespace: 'town',
      ttl: TTL_MS,
      attemptTimeout: TTL_MS / 3,
    });
    const process = { connection, holdfast, campaign: holdfast.leaders.campaign('mayor') };
    this.#awake.add(process);
    return process;
  }

  freeze(process: Process): void {
    process.connection.freeze();
    this.#awake.delete(process);
  }

  kill(process: Process): void {
    process.connection.kill();
    this.#awake.delete(process);
  }

  async close(process: Process): Promise<void> {
    const closed = process.holdfast.close(0);
    this.#awake.delete(process);
    expect(process.campaign.isLeader()).toBe(false);
    await this.#clock.settle();
    void closed;
  }

  /** The first instruction after it wakes, before anything that waited for it. */
  thaw(process: Process): void {
    expect(process.campaign.isLeader()).toBe(false);
    expect(process.campaign.signal.aborted).toBe(true);
    this.#awake.add(process);
    process.connection.thaw();
  }

  async pass(ms: number): Promise<void> {
    for (let passed = 0; passed < ms; passed += STEP_MS) {
      await this.#clock.advance(STEP_MS);
      expect([...this.#awake].filter(({ campaign }) => campaign.isLeader()).length).toBeLessThan(2);
    }
  }

  /** Lets time pass until somebody leads and has written; gives how long that took. */
  async nextLeader(): Promise<{ leader: Process; term: number; tookMs: number }> {
    const since = this.#clock.now();
    for (;;) {
      const leader = [...this.#awake].find(({ campaign }) => campaign.isLeader());
      const term = leader?.campaign.term;
      const tookMs = this.#clock.now() - since;
      if (leader !== undefined && term !== undefined) {
        this.resource.write(term, ROUNDS);
        return { leader, term, tookMs };
      }
      expect(tookMs).toBeLessThan(10_000);
      await this.pass(STEP_MS);
    }
  }
}

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
