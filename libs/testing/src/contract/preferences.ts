import assert from 'node:assert/strict';
import type { Campaign, Holdfast } from '@holdfast/core';
import type { Chapter } from './chapter.js';
import type { Scene } from './scene.js';

const ELECTION = 'billing';
/** How often a preferred candidate shows itself, and a slack for a busy machine. */
const CLAIM_MS = 1_000;

/** Joins, and waits until it leads or stands in line. */
async function join(scene: Scene, holdfast: Holdfast, preferred: boolean): Promise<Campaign> {
  const before = await standing(scene);
  const campaign = holdfast.leaders.campaign(ELECTION, { preferred });
  await scene.until(
    'it leads or stands in line',
    async () => campaign.isLeader() || (await standing(scene)) > before,
  );
  return campaign;
}

const standing = async (scene: Scene): Promise<number> =>
  (await scene.keys()).filter((key) => key.endsWith(':queue')).length;

export const preferences: Chapter = {
  'bring the leadership to a preferred candidate within a third of the ttl and a second': async (scene) => {
    const [one, other] = await scene.pair();
    const plain = await join(scene, one, false);
    const { signal, term = NaN } = plain;
    const preferred = await join(scene, other, true);
    let two = false;
    await scene.until(
      'the preferred one leads',
      () => {
        two ||= plain.isLeader() && preferred.isLeader();
        return preferred.isLeader();
      },
      scene.ttlMs / 3 + CLAIM_MS,
    );
    assert.equal(two, false, 'both led');
    assert.equal(signal.aborted, true);
    assert.deepEqual(plain.state, { leader: false, why: 'yielded' });
    assert.ok((preferred.term ?? 0) > term);
  },

  'put a preferred candidate in front of those who came before it': async (scene) => {
    const [one, other, third] = await scene.instances(3);
    assert.ok(one !== undefined && other !== undefined && third !== undefined);
    const leader = await join(scene, one, true);
    const plain = await join(scene, other, false);
    const preferred = third.leaders.campaign(ELECTION, { preferred: true });
    await scene.passTime(CLAIM_MS);
    await scene.arrives(leader.stop());
    await scene.until('the preferred one leads', () => preferred.isLeader(), scene.ttlMs / 2);
    assert.deepEqual(plain.state, { leader: false, why: 'standby' });
  },

  'do not send it to and fro between two preferred candidates': async (scene) => {
    const holdfasts = await scene.instances(3);
    const campaigns: Campaign[] = [];
    const changes: unknown[] = [];
    for (const [index, holdfast] of holdfasts.entries()) {
      const campaign = holdfast.leaders.campaign(ELECTION, { preferred: index > 0 });
      campaigns.push(campaign);
      await scene.until('somebody leads', () => campaigns.some((one) => one.isLeader()));
    }
    await scene.until('a preferred one leads', () => campaigns.slice(1).some((one) => one.isLeader()));
    for (const campaign of campaigns) campaign.onChange((now) => changes.push(now));
    await scene.passTime(2 * scene.ttlMs + CLAIM_MS);
    assert.deepEqual(changes, []);
  },

  'leave no mark behind when the candidate leaves': async (scene) => {
    const [one, other] = await scene.pair();
    const leader = await join(scene, one, true);
    const preferred = await join(scene, other, true);
    const marks = async (): Promise<readonly string[]> =>
      (await scene.keys()).filter((key) => key.endsWith(':preferred'));
    await scene.until('it is marked', async () => (await marks()).length === 1);
    await scene.arrives(preferred.stop());
    await scene.until('the mark is gone', async () => (await marks()).length === 0, 500);
    assert.ok(leader.isLeader());
  },

  'follow nobody who died': async (scene) => {
    const plain = await join(scene, await scene.instance(), false);
    const { holdfast, die } = await scene.mortal();
    await scene.passTime(scene.ttlMs / 4);
    holdfast.leaders.campaign(ELECTION, { preferred: true });
    await die();
    await scene.passTime(3 * scene.ttlMs);
    await scene.until('the plain one leads', () => plain.isLeader());
    const { term } = plain;
    await scene.passTime(3 * scene.ttlMs);
    assert.equal(plain.term, term);
  },
};
