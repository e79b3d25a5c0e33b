import assert from 'node:assert/strict';
import { LeaseLostError, LockAbortedError, type Campaign, type Holdfast } from '@holdfast/core';
import type { Chapter } from './chapter.js';
import type { Scene } from './scene.js';

const ELECTION = 'billing';

const leading = (campaigns: readonly Campaign[]): Campaign[] => campaigns.filter((one) => one.isLeader());

/** Lets time pass until exactly one of them leads, and gives that one. */
async function leaderOf(scene: Scene, campaigns: readonly Campaign[]): Promise<Campaign> {
  await scene.until('somebody leads', () => leading(campaigns).length > 0);
  const [leader, second] = leading(campaigns);
  assert.equal(second, undefined, 'two lead');
  assert.ok(leader !== undefined);
  return leader;
}

/** The first leads, the others stand by. */
async function campaigning(scene: Scene, holdfasts: readonly Holdfast[]): Promise<Campaign[]> {
  const campaigns: Campaign[] = [];
  for (const { leaders } of holdfasts) {
    campaigns.push(leaders.campaign(ELECTION));
    await leaderOf(scene, campaigns);
  }
  return campaigns;
}

function termOf({ term }: Campaign): number {
  assert.ok(term !== undefined, 'does not lead');
  return term;
}

export const elections: Chapter = {
  'have one leader, who stays it for as long as it lives': async (scene) => {
    const campaigns = await campaigning(scene, await scene.instances(3));
    const [first, ...others] = campaigns;
    const term = first?.term;
    for (let passed = 0; passed < 3 * scene.ttlMs; passed += scene.ttlMs / 4) {
      await scene.passTime(scene.ttlMs / 4);
      assert.deepEqual([first?.isLeader(), first?.term], [true, term]);
      assert.deepEqual(leading(others), []);
    }
    for (const one of others) {
      assert.deepEqual(one.state, { leader: false, why: 'standby' });
      assert.deepEqual([one.term, one.lease, one.signal.aborted], [undefined, undefined, true]);
    }
  },

  'go on with the next at once when the leader leaves, in a higher term': async (scene) => {
    const [first, second] = await campaigning(scene, await scene.pair());
    assert.ok(first !== undefined && second !== undefined);
    const [term, { signal }] = [termOf(first), first];
    await scene.arrives(first.stop(), scene.ttlMs / 2);
    assert.deepEqual(first.state, { leader: false, why: 'stopped' });
    assert.ok(LeaseLostError.is(signal.reason) && signal.reason.reason === 'released');
    await scene.until('the next leads', () => second.isLeader(), scene.ttlMs / 2);
    assert.ok(termOf(second) > term);
  },

  'go on with the next at once when the instance is closed, whoever still holds a lock of it': async (
    scene,
  ) => {
    const [one, other] = await scene.pair();
    const [first, second] = await campaigning(scene, [one, other]);
    assert.ok(first !== undefined && second !== undefined);
    const lease = await scene.arrives(one.locks.acquire('job'));
    const closed = one.close(60_000);
    assert.deepEqual(first.state, { leader: false, why: 'stopped' });
    await scene.until('the next leads', () => second.isLeader(), scene.ttlMs / 2);
    assert.ok(lease.held);
    await scene.arrives(lease.release());
    await scene.arrives(closed, scene.ttlMs);
    assert.deepEqual(one.leaders.campaign(ELECTION).state, { leader: false, why: 'stopped' });
  },

  'go on with the next within the ttl and a second when the leader dies': async (scene) => {
    const { holdfast, die } = await scene.mortal();
    const campaigns = await campaigning(scene, [holdfast, await scene.instance()]);
    const [first, second] = campaigns;
    assert.ok(first !== undefined && second !== undefined);
    const [term, { signal }] = [termOf(first), first];
    await die();
    for (let passed = 0; !second.isLeader() && passed <= scene.ttlMs + 1_000; passed += 5) {
      await scene.passTime(5);
      assert.ok(leading(campaigns).length < 2, 'two lead');
    }
    assert.ok(termOf(second) > term);
    assert.deepEqual(first.state, { leader: false, why: 'lost' });
    assert.ok(LeaseLostError.is(signal.reason));
  },

  'put who steps down at the back of the line': async (scene) => {
    const campaigns = await campaigning(scene, await scene.instances(3));
    const terms: number[] = [];
    for (let round = 0; round < 6; round += 1) {
      // Until who has just joined the line, or joined it again, stands there, whatever became of its first word.
      await scene.passTime(scene.ttlMs / 2);
      const leader = await leaderOf(scene, campaigns);
      assert.equal(leader, campaigns[round % 3]);
      terms.push(termOf(leader));
      const stepped = leader.stepDown();
      assert.deepEqual(leader.state, { leader: false, why: 'stepped-down' });
      await scene.arrives(stepped);
    }
    assert.deepEqual(
      terms,
      terms.toSorted((a, b) => a - b),
    );
    assert.equal(new Set(terms).size, terms.length);
  },

  'lead again, in a higher term, who steps down alone, and who lost everything that Redis knew': async (
    scene,
  ) => {
    const { leaders } = await scene.instance();
    const campaign = leaders.campaign(ELECTION);
    const { term: first } = await scene.arrives(campaign.whenLeader());
    await scene.arrives(campaign.stepDown());
    const { term: second } = await scene.arrives(campaign.whenLeader());
    assert.ok(second > first);
    await scene.deleteKeys(await scene.keys());
    await scene.until('a new term', () => (campaign.term ?? second) > second);
  },

  'have nothing to do with a lock of the same name': async (scene) => {
    const { leaders, locks } = await scene.instance();
    const campaign = leaders.campaign(ELECTION);
    await scene.arrives(campaign.whenLeader());
    for (const name of [ELECTION, `leader:${ELECTION}`, `#leader#${ELECTION}`]) {
      const lease = await scene.arrives(locks.tryAcquire(name));
      assert.equal(lease?.held, true);
      await scene.arrives(lease.release());
    }
    const other = leaders.campaign('shipping');
    await scene.arrives(other.whenLeader());
    assert.ok(campaign.isLeader());
  },

  'are not waited for by a drain': async (scene) => {
    const { leaders, drain } = await scene.instance();
    const campaign = leaders.campaign(ELECTION);
    await scene.arrives(campaign.whenLeader());
    assert.equal(await scene.arrives(drain(60_000), 100), 0);
    assert.ok(campaign.isLeader());
  },

  'are left without a trace by who only stood by': async (scene) => {
    const [first, second] = await campaigning(scene, await scene.pair());
    assert.ok(first !== undefined && second !== undefined);
    const waiting = scene.later(second.whenLeader());
    await scene.until('it stands in line', async () =>
      (await scene.traces()).some((key) => key.endsWith(':queue')),
    );
    await scene.arrives(second.stop());
    await scene.fails(waiting, LockAbortedError);
    await scene.arrives(first.stop());
    await scene.leavesNothing();
  },
};
