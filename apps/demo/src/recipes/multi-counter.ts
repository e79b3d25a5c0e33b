/** Several counters in one step: requests of an hour, a day and a month, each with its limit, all counted or none. */
import { defineScript } from '@holdfast/core';
import { forEach, optionOf, shareOf, type Recipe } from './recipe.js';

const face = { family: 'multi-counter', keys: ['hour', 'day', 'month'] } as const;
const FOR_EVER = -1;

/** Counts a request. */
export const count = defineScript({
  name: 'multi-counter/count',
  ...face,
  args: ['ofHour', 'ofDay', 'ofMonth'],
  file: new URL('../../lua/multi-counter/count.lua', import.meta.url),
});

const look = defineScript({
  name: 'multi-counter/look',
  ...face,
  file: new URL('../../lua/multi-counter/look.lua', import.meta.url),
});

export const multiCounter: Recipe = {
  about: 'counts requests against limits of an hour, a day and a month, in all three or in none',
  options: { requests: 5_000, limit: 1_000 },
  scripts: [count, look],

  async work(scene) {
    const limit = optionOf(scene, 'limit');
    const counts = { requests: 0, counted: 0, refused: 0 };
    const args = { ofHour: 2 * limit, ofDay: limit, ofMonth: 3 * limit };
    await forEach(shareOf(scene, optionOf(scene, 'requests')), async () => {
      const [counted] = await scene.scripts.run(count, { args });
      counts.requests += 1;
      if (counted === 1) counts.counted += 1;
      else counts.refused += 1;
    });
    return { counts, notes: [] };
  },

  async audit({ scripts }, { counts }) {
    const [hour, hourMs, day, dayMs, month, monthMs] = (await scripts.run(look, {})).map(Number);
    const withoutExpiry = [hourMs, dayMs, monthMs].filter((ms) => ms === FOR_EVER).length;
    return { ...counts, hour: hour ?? NaN, day: day ?? NaN, month: month ?? NaN, withoutExpiry };
  },
};
