/** Leaders that are killed, frozen, cut off and closed: the next one leads in time, and the last one never beside it. */
import { createHoldfast, StaleFenceError, type Campaign, type Holdfast } from '@holdfast/core';
import { embedded, SettableClock } from '@holdfast/embedded';
import { FencedResource } from '@holdfast/testing';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { ELECTION, endedAt, startCandidate, termsOf, type Lead } from '../support/candidates.js';
import type { Child } from '../support/child.js';
import { eventually } from '../support/eventually.js';
import { startFaultProxy } from '../support/fault-proxy.js';
import { Freezable } from '../support/freezable.js';
import { rounds } from '../support/long.js';
import { machineMs } from '../support/machine-clock.js';
import { uniqueNamespace } from '../support/namespace.js';
import { startRedis, type RedisServer } from '../support/redis-server.js';
import { ask, closeCleanly, type TakerOptions } from '../support/taker.js';

const TTL_MS = 300;
const CANDIDATES = 3;
const ROUNDS = rounds(12, 60);
const ROUNDS_IN_MEMORY = rounds(90, 1_000);

let server: RedisServer;
let resource: RedisServer;
beforeAll(async () => {
  [server, resource] = await Promise.all([startRedis(), startRedis()]);
});
afterAll(() => Promise.all([server.stop(), resource.stop()]));

function optionsOn(url: string): TakerOptions {
  return {
    url,
    namespace: uniqueNamespace(),
    attemptTimeout: TTL_MS / 3,
    ledgerUrl: resource.url,
    ledgerKey: uniqueNamespace(),
    shutdownGrace: 0,
  };
}

const campaign = { ttl: TTL_MS };

/** The leader of a term above `term`. */
function leaderAbove(takers: readonly Child[], term: number): Promise<Lead> {
  return eventually(() => termsOf(takers).find((lead) => lead.term > term), { withinMs: 10_000, everyMs: 2 });
}

/** Whoever leads and writes: a machine that is busy with something else takes terms of 300 ms away, too. */
function writer(takers: readonly Child[]): Promise<Lead> {
  return eventually(
    async () => {
      const lead = termsOf(takers).at(-1);
      if (lead === undefined) return undefined;
      const { accepted, term } = await ask(
        lead.taker,
        { do: 'lead-write', id: ELECTION },
        { event: 'wrote' },
      );
      return accepted === true && term === lead.term ? lead : undefined;
    },
    { withinMs: 10_000 },
  );
}

/** One way in which a term ends, and for how many milliseconds nobody led. */
type Round = (leader: Lead, others: readonly Child[]) => Promise<number>;

const killed: Round = async ({ taker, term }, others) => {
  const killedAt = machineMs();
  await taker.kill('SIGKILL');
  const next = await leaderAbove(others, term);
  return next.at - killedAt;
};

/** Frozen behind its check, until somebody else has written. */
const frozen: Round = async ({ taker, term }, others) => {
  const frozenAt = machineMs();
  await ask(taker, { do: 'lead-write', id: ELECTION, freeze: true }, { event: 'freezing' });
  const next = await leaderAbove(others, term);
  expect((await writer(others)).term).toBeGreaterThanOrEqual(next.term);
  const late = taker.nextMessage({ event: 'wrote' });
  taker.thaw();
  expect(await late).toMatchObject({ term, accepted: false });
  expect(await ask(taker, { do: 'ask-leader', id: ELECTION }, { event: 'asked-leader' })).toMatchObject({
    leads: false,
    aborted: true,
  });
  return next.at - frozenAt;
};

const closed: Round = async ({ taker, term }, others) => {
  await closeCleanly(taker);
  const next = await leaderAbove(others, term);
  return next.at - endedAt(taker, 'stopped');
};

it('whatever ends a leader, the next one leads in time, in a higher term, and no stale write is accepted', async () => {
  const options = optionsOn(server.url);
  const takers = await Promise.all(
    Array.from({ length: CANDIDATES }, () => startCandidate(options, campaign)),
  );
  const gaps: Record<string, number[]> = { killed: [], frozen: [], closed: [] };
  for (let round = 0; round < ROUNDS; round += 1) {
    const leader = await writer(takers);
    const [name, play] = Object.entries({ killed, frozen, closed })[round % 3] ?? ['killed', killed];
    const others = takers.filter((taker) => taker !== leader.taker);
    const gapMs = await play(leader, others);
    expect(gapMs, name).toBeLessThanOrEqual(name === 'closed' ? 200 : TTL_MS + 1_000);
    gaps[name]?.push(Math.round(gapMs));
    if (name !== 'frozen')
      takers.splice(takers.indexOf(leader.taker), 1, await startCandidate(options, campaign));
  }
  const journal = await resource.client().lrange(`${String(options.ledgerKey)}:journal`, 0, -1);
  const entries = journal.map((line) => line.split(' ').slice(0, 2).map(Number));
  const accepted = entries.filter(([ok]) => ok === 1).map(([, term]) => term);
  expect(accepted).toEqual(accepted.toSorted((a, b) => Number(a) - Number(b)));
  expect(entries.filter(([ok]) => ok === 0)).toHaveLength(ROUNDS / 3);
  console.log(`without a leader for so many ms: ${JSON.stringify(gaps)}`);
  await Promise.all(takers.map(closeCleanly));
}, 240_000);

it('a leader that was frozen knows that its term is over in the first instruction after it wakes', async () => {
  const options = optionsOn(server.url);
  const frozenOne = await startCandidate(options, campaign);
  const { term } = await leaderAbove([frozenOne], 0);
  const other = await startCandidate(options, campaign);
  await ask(frozenOne, { do: 'freeze-leader', id: ELECTION }, { event: 'freezing' });
  await leaderAbove([other], term);
  const thawed = frozenOne.nextMessage({ event: 'thawed' });
  frozenOne.thaw();
  expect(await thawed).toMatchObject({ leads: false, aborted: true });
  await Promise.all([frozenOne, other].map(closeCleanly));
});

describe('a leader that Redis does not answer any more', () => {
  it('is told before the next one leads', async () => {
    const proxy = await startFaultProxy(server.port);
    onTestFinished(() => proxy.stop());
    const options = optionsOn(server.url);
    const cutOff = await startCandidate({ ...options, url: proxy.url }, campaign);
    const other = await startCandidate(options, campaign);
    let { term } = await leaderAbove([cutOff], 0);
    const margins: number[] = [];
    for (let round = 0; round < rounds(3, 20); round += 1) {
      proxy.silence({ bytes: 'swallow' });
      const next = await leaderAbove([other], term);
      margins.push(Math.round(next.at - endedAt(cutOff, 'lost')));
      expect(margins.at(-1)).toBeGreaterThan(0);
      proxy.reset();
      await proxy.heal();
      // Back at its post when the other one leaves it.
      ({ term } = await leadsAgain(cutOff, other, next.term));
    }
    console.log(`told ${margins.join(', ')} ms before the next one led`);
    await Promise.all([cutOff, other].map(closeCleanly));
  }, 60_000);

  /** By stepping down again and again: the one that was cut off may not stand in line yet. */
  async function leadsAgain(taker: Child, from: Child, above: number): Promise<Lead> {
    return eventually(
      () => {
        const lead = termsOf([taker]).find(({ term }) => term > above);
        if (lead === undefined) from.send({ do: 'step-down', id: ELECTION });
        return lead;
      },
      { withinMs: 10_000, everyMs: 50 },
    );
  }

  it('leads again in a higher term when Redis is back and nobody else was there, also one that forgot everything', async () => {
    const lonely = await startRedis();
    onTestFinished(() => lonely.stop());
    const taker = await startCandidate(optionsOn(lonely.url), campaign);
    const { term } = await leaderAbove([taker], 0);
    await lonely.kill('SIGSTOP');
    const lost = await taker.message({ event: 'leadership', leader: false });
    expect(lost).toMatchObject({ why: 'lost' });
    await lonely.kill('SIGCONT');
    const second = await leaderAbove([taker], term);
    await lonely.client().flushall();
    await leaderAbove([taker], second.term);
    await closeCleanly(taker);
  });
});

/** A candidate in this process, on a clock that the test moves; it can be frozen and killed as a process can. */
interface Candidate {
  readonly holdfast: Holdfast;
  readonly campaign: Campaign;
  readonly process: Freezable;
}

/** Candidates and what they write to, and that never two of them lead. */
class Campaigners {
  readonly resource = new FencedResource<number>();
  readonly #clock = new SettableClock();
  readonly #provider = embedded({ clock: this.#clock });
  readonly #namespace = uniqueNamespace();
  readonly #all: Candidate[] = [];

  async join(): Promise<void> {
    const process = new Freezable(this.#provider);
    const options = { connection: process, namespace: this.#namespace, preflight: 'off' } as const;
    const holdfast = await createHoldfast(options);
    this.#all.push({ holdfast, campaign: holdfast.leaders.campaign(ELECTION, { ttl: TTL_MS }), process });
    await this.#clock.advance(20);
  }

  /** Dead or closed: nobody asks it any more. */
  gone(candidate: Candidate): void {
    this.#all.splice(this.#all.indexOf(candidate), 1);
  }

  /** Lets time pass until one leads in a term above `above`. @returns it, and how long that took */
  async leader(above: number): Promise<{ leader: Candidate; term: number; gapMs: number }> {
    for (let gapMs = 0; gapMs <= TTL_MS + 1_000; gapMs += 5) {
      const leading = this.#all.filter(({ campaign }) => campaign.isLeader());
      const [leader, second] = leading;
      if (second !== undefined) throw new Error('two lead');
      const term = leader?.campaign.term ?? 0;
      if (leader !== undefined && term > above) return { leader, term, gapMs };
      await this.#clock.advance(5);
    }
    throw new Error('nobody leads in time');
  }

  async end(): Promise<void> {
    const closed = Promise.all(this.#all.map(({ holdfast }) => holdfast.close(0)));
    await this.#clock.advance(10_000);
    await closed;
  }
}

it('in memory, where it happens a thousand times in a long run: never do two lead, the next one leads in time, and no stale write is accepted', async () => {
  const campaigners = new Campaigners();
  const { resource } = campaigners;
  for (let count = 0; count < CANDIDATES; count += 1) await campaigners.join();
  const longest = { killed: 0, frozen: 0, closed: 0 };
  let { leader, term } = await campaigners.leader(0);
  for (let round = 0; round < ROUNDS_IN_MEMORY; round += 1) {
    resource.write(term, round);
    const how = (['killed', 'frozen', 'closed'] as const)[round % 3] ?? 'killed';
    if (how === 'closed') {
      campaigners.gone(leader);
      void leader.holdfast.close(0);
    } else leader.process[how === 'killed' ? 'kill' : 'freeze']();
    const next = await campaigners.leader(term);
    longest[how] = Math.max(longest[how], next.gapMs);
    resource.write(next.term, round);
    expect(() => resource.write(term, round)).toThrow(StaleFenceError);
    expect(leader.campaign.isLeader()).toBe(false);
    leader.process.thaw();
    if (how === 'killed') campaigners.gone(leader);
    if (how !== 'frozen') await campaigners.join();
    ({ leader, term } = next);
  }
  expect(longest.closed).toBeLessThanOrEqual(200);
  expect(Math.max(longest.killed, longest.frozen)).toBeLessThanOrEqual(TTL_MS + 1_000);
  expect(resource.refused).toHaveLength(ROUNDS_IN_MEMORY);
  console.log(`without a leader for so many ms at most: ${JSON.stringify(longest)}`);
  await campaigners.end();
}, 120_000);
