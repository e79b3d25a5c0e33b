/** Recipes in several processes, as a user runs them: what is counted is what has to be. */
import { describe, expect, it } from 'vitest';
import { readRecipeLine } from '../../apps/demo/src/recipes/recipe-line.js';
import { recipes } from '../../apps/demo/src/recipes/recipes.js';
import { startChild, type ChildMessage } from '../support/child.js';

async function run(
  args: readonly string[],
): Promise<{ code: number | null; report: ChildMessage; stderr: string }> {
  const child = startChild('apps/demo/dist/recipes/recipe-main.js', { args, env: { REDIS_URL: '' } });
  const { code } = await child.exited;
  return { code, report: child.messages.at(-1) ?? {}, stderr: child.stderr };
}

const PLAYED: Readonly<Record<string, { readonly args: readonly string[]; readonly report: object }>> = {
  'flash-sale': {
    args: ['--stock', '50', '--buyers', '300'],
    report: { sold: 50, remaining: 0, maxPerUser: 1, refused: 550 },
  },
  leaderboard: {
    args: ['--players', '40', '--games', '400', '--keep', '10'],
    report: { games: 400, entries: 10, wrong: 0 },
  },
  points: { args: ['--accounts', '12', '--events', '900'], report: { lost: 0, negative: 0 } },
  'multi-counter': {
    args: ['--requests', '300', '--limit', '100'],
    report: { counted: 100, refused: 200, hour: 100, day: 100, month: 100, withoutExpiry: 0 },
  },
  inventory: {
    args: ['--articles', '5', '--stock', '20', '--orders', '300'],
    report: { orders: 300, oversold: 0 },
  },
};

describe('a recipe', () => {
  it.each(Object.entries(PLAYED))('%s comes out right in three processes', async (name, { args, report }) => {
    const played = await run([name, ...args, '--processes', '3', '--json']);
    expect(played).toMatchObject({ code: 0, stderr: '' });
    expect(played.report).toMatchObject({ recipe: name, processes: 3, ...report });
  });

  it('all of them are played here, and have a page', async () => {
    expect(Object.keys(PLAYED)).toEqual([...recipes.keys()]);
  });

  it('of an inventory: what was taken and what is left is what there was', async () => {
    const { report } = await run([
      'inventory',
      '--articles',
      '4',
      '--stock',
      '15',
      '--orders',
      '100',
      '--json',
    ]);
    expect(Number(report['unitsTaken']) + Number(report['unitsLeft'])).toBe(60);
  });
});

describe('the command line of recipes', () => {
  it.each([
    [[], /"": no such recipe; there are flash-sale, leaderboard/],
    [['flash-sale', '--stock', '0'], /--stock: "0" must be a whole number from 1 to 1000000/],
    [
      ['flash-sale', '--players', '5'],
      /--players: unknown option; there are --stock, --buyers, --processes, --json/,
    ],
    [['points', 'more', '--processes', '99'], /"more": is not an option.*--processes: "99"/s],
  ])('says everything that is wrong with %j', (args, fault) => {
    const line = readRecipeLine(args);
    expect(line.kind === 'wrong' && line.faults.join('\n')).toMatch(fault);
  });

  it('ends with 2 and a sentence when it is wrong', async () => {
    const { code, stderr } = await run(['cake']);
    expect([code, stderr]).toEqual([2, expect.stringMatching(/^"cake": no such recipe/)]);
  });
});
