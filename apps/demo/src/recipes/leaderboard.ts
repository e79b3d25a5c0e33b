/** A leaderboard: the best score of each player, ranks, and only so many players kept. */
import { defineScript } from '@holdfast/core';
import { anyBelow, forEach, KEPT_MS, optionOf, pairsIn, shareOf, type Recipe } from './recipe.js';

const MOST_POINTS = 1_000_000;
const face = { family: 'leaderboard', keys: ['scores'] } as const;

/** Writes a score down where it is a player's best. */
export const record = defineScript({
  name: 'leaderboard/record',
  ...face,
  args: ['player', 'score', 'keep', 'keptMs'],
  file: new URL('../../lua/leaderboard/record.lua', import.meta.url),
});

const top = defineScript({
  name: 'leaderboard/top',
  ...face,
  args: ['count'],
  file: new URL('../../lua/leaderboard/top.lua', import.meta.url),
});

export const leaderboard: Recipe = {
  about: 'records games of many players, and keeps the best of each and the best of all',
  options: { players: 300, games: 6_000, keep: 100 },
  scripts: [record, top],

  async work(scene) {
    const keep = optionOf(scene, 'keep');
    const notes: string[] = [];
    await forEach(shareOf(scene, optionOf(scene, 'games')), async () => {
      const [player, score] = [`player-${anyBelow(optionOf(scene, 'players'))}`, anyBelow(MOST_POINTS)];
      await scene.scripts.run(record, { args: { player, score, keep, keptMs: KEPT_MS } });
      notes.push(`${player}=${score}`);
    });
    return { counts: { games: notes.length }, notes };
  },

  async audit(scene, { counts, notes }) {
    const bests = new Map<string, number>();
    for (const [player = '', score = ''] of notes.map((note) => note.split('=')))
      bests.set(player, Math.max(bests.get(player) ?? 0, Number(score)));
    const count = optionOf(scene, 'keep') + 1;
    const board = pairsIn(await scene.scripts.run(top, { args: { count } }));
    const expected = [...bests.values()].toSorted((a, b) => b - a).slice(0, optionOf(scene, 'keep'));
    return {
      games: counts['games'] ?? 0,
      entries: board.length,
      best: board[0]?.[1] ?? 0,
      // Neither the score of a player nor a place is another than it has to be.
      wrong: board.filter(([player, score], at) => bests.get(player) !== score || expected[at] !== score)
        .length,
    };
  },
};
