/** An inventory: orders of several articles, filled whole or not at all. */
import { defineScript } from '@holdfast/core';
import { anyBelow, forEach, KEPT_MS, optionOf, pairsIn, shareOf, type Recipe } from './recipe.js';

const face = { family: 'inventory', keys: ['stock'] } as const;
const LINES = 3;
const MOST_OF_ONE = 4;

/** Takes all lines of an order, or none. */
export const take = defineScript({
  name: 'inventory/take',
  ...face,
  args: ['lines', 'opening', 'keptMs'],
  file: new URL('../../lua/inventory/take.lua', import.meta.url),
});

const left = defineScript({
  name: 'inventory/left',
  ...face,
  file: new URL('../../lua/inventory/left.lua', import.meta.url),
});

export const inventory: Recipe = {
  about: 'fills orders of several articles, each of them whole or not at all',
  options: { articles: 20, stock: 150, orders: 2_000 },
  scripts: [take, left],

  async work(scene) {
    const opening = optionOf(scene, 'stock');
    const counts = { orders: 0, filled: 0, refused: 0, unitsTaken: 0 };
    await forEach(shareOf(scene, optionOf(scene, 'orders')), async () => {
      const lines = Array.from({ length: LINES }, () => ({
        article: `article-${anyBelow(optionOf(scene, 'articles'))}`,
        units: 1 + anyBelow(MOST_OF_ONE),
      }));
      const spelled = lines.map(({ article, units }) => `${article}=${units}`).join(';');
      const [taken] = await scene.scripts.run(take, { args: { lines: spelled, opening, keptMs: KEPT_MS } });
      counts.orders += 1;
      if (taken !== 1) counts.refused += 1;
      else {
        counts.filled += 1;
        counts.unitsTaken += lines.reduce((sum, { units }) => sum + units, 0);
      }
    });
    return { counts, notes: [] };
  },

  async audit(scene, { counts }) {
    const opening = optionOf(scene, 'stock');
    const stock = pairsIn(await scene.scripts.run(left, {})).map(([, units]) => units);
    const untouched = (optionOf(scene, 'articles') - stock.length) * opening;
    const unitsLeft = stock.reduce((sum, units) => sum + units, untouched);
    return { ...counts, unitsLeft, oversold: stock.filter((units) => units < 0).length };
  },
};
