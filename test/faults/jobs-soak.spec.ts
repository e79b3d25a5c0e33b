/**
 * Fifty jobs a second on three replicas leave no more behind as time goes on: streams are cut, ticks are forgotten, records
 * leave with their runs. Ten minutes in a long run; a quarter of a minute every day, with histories that are full in seconds.
 */
import type { Redis } from 'ioredis';
import { expect, it, onTestFinished } from 'vitest';
import { always, eventually } from '../support/eventually.js';
import { openHoldfast } from '../support/holdfasts.js';
import { startJobTaker, type TestJob } from '../support/job-taker.js';
import { rounds } from '../support/long.js';
import { uniqueNamespace } from '../support/namespace.js';
import { startRedis } from '../support/redis-server.js';
import { closeCleanly } from '../support/taker.js';

const REPLICAS = 3;
const PERIOD_MS = 1_000;
const KEEP = rounds(3, 20);
const CATCH_UP_MS = 2_000;
const LATENESS_MS = 800;
const SOAK_S = rounds(10, 600);
/** How long is looked at behind the warm-up, and at the end. */
const WINDOW_S = rounds(3, 120);

const common: Omit<TestJob, 'name'> = {
  ...{ cron: '* * * * * *', history: { keep: KEEP, keepFor: '60s' } },
  ...{ catchUp: CATCH_UP_MS, lateness: LATENESS_MS },
};
const named = (kind: string, count: number, job: Partial<TestJob>): readonly TestJob[] =>
  Array.from({ length: count }, (_, at) => ({ ...common, name: `${kind}-${at}`, ...job }));
/** All ways in which a tick ends by itself. */
const JOBS: readonly TestJob[] = [
  ...named('plain', 36, { body: { workMs: 20 } }),
  ...named('failing', 4, { body: { workMs: 20, failures: 1 } }),
  ...named('saving', 4, { body: { workMs: 5, steps: 3 } }),
  // Over the next tick, which is skipped.
  ...named('slow', 4, { body: { workMs: PERIOD_MS + 300 } }),
  ...named('paused', 2, {}),
];
/** Of one job: what it is, its ticks, two of its runs under way, the last fence, and two logs. */
const KEYS_OF_A_JOB = 7;
/** The hash of cards, and what is known of when they were heard of. */
const KEYS_OF_PROCESSES = 2;
/** Runs of one job at a time; none overlap here. */
const RUNNING = 1;
const FIELDS_OF_A_RUN = 10;
/** Those that are claimed and not below the floor, and the one that moves it. */
const TICKS = Math.ceil((CATCH_UP_MS + LATENESS_MS) / PERIOD_MS) + 1;
/** The definition with its policies, who has it and since when, five of its state, and counts of seven outcomes. */
const FIELDS_OF_A_JOB = 10 + 2 + 5 + 7;

interface Look {
  readonly keys: number;
  readonly byType: Readonly<Record<string, number>>;
  /** By the last word of their names, the most entries that one of these keys has. */
  readonly most: Readonly<Record<string, number>>;
  readonly endless: readonly string[];
  /** What all values of all jobs and cards are together. */
  readonly valueBytes: number;
}

const SIZES: Readonly<Record<string, string>> = {
  stream: 'XLEN',
  zset: 'ZCARD',
  hash: 'HLEN',
  string: 'STRLEN',
};

async function lookAt(client: Redis): Promise<Look> {
  const keys = (await client.keys('*')).toSorted();
  const types = await Promise.all(keys.map((key) => client.type(key)));
  const byType: Record<string, number> = {};
  const most: Record<string, number> = {};
  const [endless, lasting]: [string[], string[]] = [[], []];
  await Promise.all(
    keys.map(async (key, at) => {
      const type = types[at] ?? 'none';
      // Gone since: a key of runs leaves with the last of them.
      if (type === 'none') return;
      byType[type] = (byType[type] ?? 0) + 1;
      const part = key.slice(key.lastIndexOf(':') + 1);
      most[part] = Math.max(most[part] ?? 0, Number(await client.call(SIZES[type] ?? type, key)));
      if (LASTING.has(part)) lasting.push(...(await client.hvals(key)));
      if ((await client.pttl(key)) === -1) endless.push(key);
    }),
  );
  return { keys: keys.length, byType, most, endless, valueBytes: lasting.join('').length };
}

/**
 * All that outlives a run is counted by its entries, which are of a size; only these have entries that could get longer. Their
 * values are measured rather than what Redis takes for them, which goes by the allocator's classes and, for a stream, by how
 * the identifiers of its entries differ.
 */
const LASTING: ReadonlySet<string> = new Set(['job', 'cards']);
/** Of a job: as long as it runs its counts, fences and times get longer, by a digit each. Whatever piles up is more. */
const DIGITS = 10;

/** A look a second, between two ticks, for so long. */
async function watch(client: Redis, seconds: number): Promise<readonly Look[]> {
  const looks: Look[] = [];
  while (looks.length < seconds) {
    await eventually(() => Date.now() % PERIOD_MS > 500, { withinMs: 2 * PERIOD_MS });
    looks.push(await lookAt(client));
    await eventually(() => Date.now() % PERIOD_MS < 500, { withinMs: 2 * PERIOD_MS });
  }
  return looks;
}

function expectBounded({ keys, most, endless }: Look): void {
  expect(endless).toEqual([]);
  expect(keys).toBeLessThanOrEqual(JOBS.length * KEYS_OF_A_JOB + KEYS_OF_PROCESSES);
  expect(most['history']).toBeLessThanOrEqual(KEEP);
  expect(most['skips']).toBeLessThanOrEqual(KEEP);
  expect(most['ticks']).toBeLessThanOrEqual(TICKS);
  expect(most['running'] ?? 0).toBeLessThanOrEqual(RUNNING);
  expect(most['runs'] ?? 0).toBeLessThanOrEqual(RUNNING * FIELDS_OF_A_RUN);
  expect(most['job']).toBeLessThanOrEqual(FIELDS_OF_A_JOB);
  // Three replicas, and whoever looks.
  expect(most['cards']).toBeLessThanOrEqual(REPLICAS + 1);
}

it('fifty jobs a second leave no more behind at the end than when their histories were full', async () => {
  const server = await startRedis();
  onTestFinished(() => server.stop());
  const namespace = uniqueNamespace();
  const client = server.client();
  const options = { url: server.url, namespace, jobs: JOBS };
  const replicas = await Promise.all(
    Array.from({ length: REPLICAS }, (_, at) => startJobTaker({ ...options, replica: `r${at}` })),
  );
  const { jobs, inspector } = await openHoldfast(server.url, { namespace, jobs: { enabled: false } });
  await Promise.all(named('paused', 2, {}).map(({ name }) => jobs.pause(name)));
  const full = async (kind: string, log: string) => {
    const lengths = JOBS.filter(({ name }) => name.startsWith(kind)).map(({ name }) =>
      client.xlen(`hf1:${namespace}:{${name}}:${log}`),
    );
    return (await Promise.all(lengths)).every((length) => length >= KEEP);
  };
  const logs = [
    ['plain', 'history'],
    ['failing', 'history'],
    ['saving', 'history'],
    ['slow', 'skips'],
    ['paused', 'skips'],
  ] as const;
  for (const [kind, log] of logs)
    await eventually(() => full(kind, log), { withinMs: 4 * KEEP * PERIOD_MS + 10_000, everyMs: 100 });
  // Cards grow, too, when they name their jobs for the first time.
  await eventually(async () => {
    const all = await inspector.replicas();
    return all.filter((replica) => replica.jobs.length === JOBS.length).length === REPLICAS;
  });

  const warm = await watch(client, WINDOW_S);
  const restMs = (SOAK_S - 2 * WINDOW_S) * PERIOD_MS;
  await always(() => replicas.every(({ stderr }) => stderr === ''), restMs, 1_000);
  const late = await watch(client, WINDOW_S);
  for (const look of [...warm, ...late]) expectBounded(look);
  const counts = await Promise.all(JOBS.map(async ({ name }) => (await jobs.inspect(name)).counts));
  const ended = counts.flatMap((of) => Object.values(of)).reduce((sum, count) => sum + count, 0);
  const least = (looks: readonly Look[]) => Math.min(...looks.map((look) => look.valueBytes));
  expect(least(late)).toBeLessThanOrEqual(least(warm) + DIGITS * JOBS.length);
  expect(ended).toBeGreaterThan((SOAK_S * JOBS.length) / 2);
  const told = (looks: readonly Look[]) => ({
    ...looks.at(-1),
    valueBytes: looks.map((look) => look.valueBytes),
  });
  console.log(JSON.stringify({ ended, dbsize: await client.dbsize(), warm: told(warm), late: told(late) }));
  for (const replica of replicas) await closeCleanly(replica);
}, 900_000);
