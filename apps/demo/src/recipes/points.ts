/** Points of customers: earned, spent, and moved when two accounts turn out to be of one customer. */
import { defineScript } from '@holdfast/core';
import { anyBelow, forEach, KEPT_MS, optionOf, pairsIn, shareOf, type Recipe } from './recipe.js';

const face = { family: 'points', keys: ['balances', 'merged'] } as const;
const MOST_EARNED = 20;
/** Of so many things that happen one is a merge. */
const MERGES_EVERY = 100;

/** Gives points, or takes them where there are enough. */
export const earn = defineScript({
  name: 'points/earn',
  ...face,
  args: ['account', 'points', 'keptMs'],
  file: new URL('../../lua/points/earn.lua', import.meta.url),
});

/** Makes one account of two. */
export const merge = defineScript({
  name: 'points/merge',
  ...face,
  args: ['from', 'into', 'keptMs'],
  file: new URL('../../lua/points/merge.lua', import.meta.url),
});

const balances = defineScript({
  name: 'points/balances',
  ...face,
  file: new URL('../../lua/points/balances.lua', import.meta.url),
});

export const points: Recipe = {
  about: 'earns, spends and merges points of many accounts, of which none is lost and none made',
  options: { accounts: 60, events: 6_000 },
  scripts: [earn, merge, balances],

  async work(scene) {
    const { scripts } = scene;
    const accounts = optionOf(scene, 'accounts');
    const counts = { earned: 0, spent: 0, refused: 0, merges: 0 };
    const account = (): string => `account-${anyBelow(accounts)}`;
    await forEach(shareOf(scene, optionOf(scene, 'events')), async (event) => {
      if (event % MERGES_EVERY === 0) {
        const args = { from: account(), into: account(), keptMs: KEPT_MS };
        const [merged] = await scripts.run(merge, { args });
        if (merged === 1) counts.merges += 1;
        return;
      }
      const change = anyBelow(2 * MOST_EARNED) - MOST_EARNED;
      const args = { account: account(), points: change, keptMs: KEPT_MS };
      const [balance] = await scripts.run(earn, { args });
      if (balance === -1) counts.refused += 1;
      else if (change > 0) counts.earned += change;
      else counts.spent -= change;
    });
    return { counts, notes: [] };
  },

  async audit({ scripts }, { counts }) {
    const held = pairsIn(await scripts.run(balances, {})).map(([, amount]) => amount);
    const total = held.reduce((sum, amount) => sum + amount, 0);
    const { earned = 0, spent = 0 } = counts;
    return {
      ...counts,
      total,
      lost: earned - spent - total,
      negative: held.filter((amount) => amount < 0).length,
    };
  },
};
