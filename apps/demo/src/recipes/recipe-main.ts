/** `npm run demo:recipe`: a recipe in several processes at once, and then what has come of it, counted. */
import { fork } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { fileURLToPath } from 'node:url';
import { createHoldfast } from '@holdfast/core';
import { OrphanGuard } from '../supervisor/ground/orphan-guard.js';
import { startRedisServer } from '../supervisor/ground/redis-server.js';
import type { Counts, RecipeWork } from './recipe.js';
import { readRecipeLine, recipeUsage, type RecipeLine } from './recipe-line.js';
import { workIn, type WorkOrder } from './work-order.js';

type Run = Extract<RecipeLine, { readonly kind: 'run' }>;

const WORKER = fileURLToPath(new URL('./recipe-worker.js', import.meta.url));

/** What one of the processes has done. */
function workOf(order: WorkOrder, guard: OrphanGuard): Promise<RecipeWork> {
  return new Promise((resolve, reject) => {
    const child = fork(WORKER);
    guard.watch(child);
    let done: RecipeWork | undefined;
    child.on('message', (message) => (done = workIn(message) ?? done));
    child.once('error', reject);
    child.once('exit', (code) =>
      done === undefined ? reject(new Error(`a process ended with ${code}`)) : resolve(done),
    );
    child.send(order);
  });
}

function sumOf(all: readonly RecipeWork[]): RecipeWork {
  const counts: Record<string, number> = {};
  for (const work of all)
    for (const [name, value] of Object.entries(work.counts)) counts[name] = (counts[name] ?? 0) + value;
  return { counts, notes: all.flatMap(({ notes }) => notes) };
}

async function play(
  { name, recipe, options, processes }: Run,
  url: string,
  guard: OrphanGuard,
): Promise<Counts> {
  const namespace = `recipe-${randomUUID()}`;
  const order = { name, url, namespace, options, processes };
  const works = Array.from({ length: processes }, (_, index) => workOf({ ...order, index }, guard));
  const done = sumOf(await Promise.all(works));
  const holdfast = await createHoldfast({ connection: url, namespace, scripts: recipe.scripts });
  try {
    return await recipe.audit({ scripts: holdfast.scripts, options, index: 0, processes }, done);
  } finally {
    await holdfast.close();
  }
}

async function main(): Promise<number> {
  const line = readRecipeLine(process.argv.slice(2));
  if (line.kind === 'help') {
    console.log(recipeUsage());
    return 0;
  }
  if (line.kind === 'wrong') {
    console.error(line.faults.join('\n'));
    return 2;
  }
  const guard = new OrphanGuard();
  const own = process.env['REDIS_URL'] ? undefined : await startRedisServer(guard);
  const url = own?.url ?? process.env['REDIS_URL'];
  try {
    if (url === undefined)
      throw new Error('there is no redis-server in PATH, and REDIS_URL does not say where one is');
    const report = { recipe: line.name, processes: line.processes, ...(await play(line, url, guard)) };
    if (line.json) console.log(JSON.stringify(report));
    else for (const [what, value] of Object.entries(report)) console.log(`${what.padEnd(16)} ${value}`);
    return 0;
  } finally {
    await own?.stop();
    await guard.close();
  }
}

main().then(
  (code) => (process.exitCode = code),
  (error: unknown) => {
    console.error(error instanceof Error ? error.message : error);
    process.exitCode = 1;
  },
);
