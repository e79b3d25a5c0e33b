/** All recipes, by their names on the command line. */
import { flashSale } from './flash-sale.js';
import { inventory } from './inventory.js';
import { leaderboard } from './leaderboard.js';
import { multiCounter } from './multi-counter.js';
import { points } from './points.js';
import type { Recipe } from './recipe.js';

export const recipes: ReadonlyMap<string, Recipe> = new Map(
  Object.entries({
    'flash-sale': flashSale,
    leaderboard,
    points,
    'multi-counter': multiCounter,
    inventory,
  }),
);
