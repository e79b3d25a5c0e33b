/** A flash sale: a stock that many want at once, and one for each of them. */
import { defineScript } from '@holdfast/core';
import { forEach, KEPT_MS, optionOf, type Recipe } from './recipe.js';

const SOLD = 1;

/** Sells one. */
export const buy = defineScript({
  name: 'flash-sale/buy',
  family: 'flash-sale',
  keys: ['stock', 'buyers'],
  args: ['buyer', 'opening', 'keptMs'],
  file: new URL('../../lua/flash-sale/buy.lua', import.meta.url),
});

export const flashSale: Recipe = {
  about: 'sells a stock to many buyers who try in two processes each, one to each of them',
  options: { stock: 100, buyers: 2_000 },
  scripts: [buy],

  async work(scene) {
    const { scripts, index, processes } = scene;
    const opening = optionOf(scene, 'stock');
    const notes: string[] = [];
    let refused = 0;
    // Impatient: everybody tries here, and at the next process, too.
    const buyers = Array.from({ length: optionOf(scene, 'buyers') }, (_, buyer) => buyer).filter((buyer) =>
      [buyer, buyer + 1].some((at) => at % processes === index),
    );
    await forEach(buyers, async (number) => {
      const buyer = `buyer-${number}`;
      const [outcome] = await scripts.run(buy, { args: { buyer, opening, keptMs: KEPT_MS } });
      if (outcome === SOLD) notes.push(buyer);
      else refused += 1;
    });
    return { counts: { refused }, notes };
  },

  async audit(scene, { counts, notes }) {
    const perBuyer = new Map<string, number>();
    for (const buyer of notes) perBuyer.set(buyer, (perBuyer.get(buyer) ?? 0) + 1);
    // Who has one already is told what is left.
    const args = { buyer: notes[0] ?? 'nobody', opening: optionOf(scene, 'stock'), keptMs: KEPT_MS };
    const [, left = NaN] = await scene.scripts.run(buy, { args });
    return {
      sold: notes.length,
      remaining: Number(left),
      maxPerUser: Math.max(0, ...perBuyer.values()),
      refused: counts['refused'] ?? 0,
    };
  },
};
