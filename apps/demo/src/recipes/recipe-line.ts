/** The command line of `demo:recipe`, read as a whole so that one message lists every fault. */
import { parseArgs } from 'node:util';
import type { Counts, Recipe } from './recipe.js';
import { recipes } from './recipes.js';

export type RecipeLine =
  | {
      readonly kind: 'run';
      readonly name: string;
      readonly recipe: Recipe;
      readonly options: Counts;
      readonly processes: number;
      readonly json: boolean;
    }
  | { readonly kind: 'help' }
  | { readonly kind: 'wrong'; readonly faults: readonly string[] };

const MOST_PROCESSES = 16;
const MOST = 1_000_000;

export function readRecipeLine(args: readonly string[]): RecipeLine {
  const { values, positionals, tokens } = parseArgs({
    args: [...args],
    strict: false,
    tokens: true,
    options: TEXTS,
  });
  if (values['help'] === true) return { kind: 'help' };
  const [name = '', ...more] = positionals;
  const recipe = recipes.get(name);
  if (recipe === undefined)
    return {
      kind: 'wrong',
      faults: [`${JSON.stringify(name)}: no such recipe; there are ${[...recipes.keys()].join(', ')}`],
    };
  const faults = more.map((word) => `${JSON.stringify(word)}: is not an option; options begin with --`);
  const known = new Set([...Object.keys(recipe.options), 'processes', 'json']);
  for (const token of tokens)
    if (token.kind === 'option' && !known.has(token.name))
      faults.push(
        `${token.rawName}: unknown option; there are ${[...known].map((option) => `--${option}`).join(', ')}`,
      );
  const read = (option: string, fallback: number, most: number): number => {
    const value = values[option];
    if (value === undefined) return fallback;
    const number = typeof value === 'string' && /^\d{1,9}$/.test(value) ? Number(value) : NaN;
    if (number >= 1 && number <= most) return number;
    faults.push(`--${option}: ${JSON.stringify(value)} must be a whole number from 1 to ${most}`);
    return fallback;
  };
  const options = Object.fromEntries(
    Object.entries(recipe.options).map(([option, fallback]) => [option, read(option, fallback, MOST)]),
  );
  const processes = read('processes', 4, MOST_PROCESSES);
  if (faults.length > 0) return { kind: 'wrong', faults };
  return { kind: 'run', name, recipe, options, processes, json: values['json'] === true };
}

/** Options of all recipes take a value; which of them a recipe has is looked at above. */
const TEXTS = {
  ...Object.fromEntries(
    [...recipes.values()]
      .flatMap(({ options }) => Object.keys(options))
      .map((option) => [option, { type: 'string' } as const]),
  ),
  processes: { type: 'string' },
  json: { type: 'boolean' },
  help: { type: 'boolean', short: 'h' },
} as const;

export function recipeUsage(): string {
  const lines = [...recipes].map(([name, { about, options }]) => {
    const spelled = Object.entries(options).map(([option, value]) => `--${option} ${value}`);
    return `  ${name} ${spelled.join(' ')}\n      ${about}`;
  });
  return [
    'npm run -s demo:recipe -- <recipe> [options] [--processes 4] [--json]',
    '',
    ...lines,
    '',
    'Uses REDIS_URL, or a redis-server from PATH.',
  ].join('\n');
}
