/** P8: one run a tick, whatever the clocks of the replicas say, and whoever of them dies. */
import { beforeEach, expect, it, onTestFinished } from 'vitest';
import { eventually } from '../support/eventually.js';
import { openHoldfast } from '../support/holdfasts.js';
import { byRun, runsOf, startJobTaker, ticksOf, type RunEntry, type TestJob } from '../support/job-taker.js';
import { rounds } from '../support/long.js';
import { uniqueNamespace } from '../support/namespace.js';
import { startRedis, type RedisServer } from '../support/redis-server.js';
import { numberIn } from '../support/taker.js';

const REPLICAS = 5;
const JOBS = 20;
const PERIOD_MS = 1_000;
const TICKS = rounds(6, 50);
const KILLS = rounds(3, 20);
const EARLY_MS = 50;

let server: RedisServer;
let namespace: string;
beforeEach(async () => {
  server = await startRedis();
  namespace = uniqueNamespace();
  onTestFinished(() => server.stop());
});

function jobsWith(options: Omit<TestJob, 'name'>): readonly TestJob[] {
  return Array.from({ length: JOBS }, (_, at) => ({ name: `job-${at}`, cron: '* * * * * *', ...options }));
}

/** Up to 2 s to both sides. */
function skewOf(replica: number): number {
  return Math.round((replica / (REPLICAS - 1) - 0.5) * 4_000);
}

it('P8.2: replicas whose clocks differ by up to 4 s run each tick of 20 jobs once, and none of them early', async () => {
  const jobs = jobsWith({ body: { workMs: 20 } });
  const options = { url: server.url, namespace, jobs };
  const replicas = await Promise.all(
    Array.from({ length: REPLICAS }, (_, at) =>
      startJobTaker({ ...options, replica: `r${at}`, skewMs: skewOf(at) }),
    ),
  );
  const clocks = await Promise.all(replicas.map((replica) => replica.message({ event: 'ready' })));
  const wrongBy = clocks.map((ready) => numberIn(ready, 'wallMs') - numberIn(ready, 'at'));
  expect(Math.max(...wrongBy) - Math.min(...wrongBy)).toBeGreaterThan(3_900);
  const { jobs: observer } = await openHoldfast(server.url, { namespace });
  let ran = 0;
  for (const { name } of jobs) {
    const runs = await eventually(() => enoughRuns(name), { withinMs: TICKS * PERIOD_MS + 20_000 });
    const counted = runs.slice(0, TICKS);
    expect(counted.map(({ run }) => run)).toEqual(ticksOf(counted, PERIOD_MS));
    expect(counted.map(({ outcome }) => outcome)).toEqual(counted.map(() => 'ok'));
    expect(counted.filter(({ startedAt, scheduledAt }) => startedAt < scheduledAt - EARLY_MS)).toEqual([]);
    const bodies = bodiesOf(name, new Set(counted.map(({ run }) => run)));
    expect(bodies).toEqual([...new Set(bodies)]);
    ran += bodies.length;
  }
  expect(ran).toBe(JOBS * TICKS);

  /** Whatever the history says: every body that began, in whichever process. */
  function bodiesOf(name: string, counted: ReadonlySet<unknown>): readonly unknown[] {
    const begun = replicas.flatMap(({ messages }) =>
      messages.filter(({ event, job }) => event === 'run' && job === name),
    );
    return begun.map(({ run }) => run).filter((run) => counted.has(run));
  }

  /** Sorted by tick: runs of one job end in that order here. */
  async function enoughRuns(name: string): Promise<readonly RunEntry[] | undefined> {
    const runs = await runsOf(observer, name);
    return runs.length >= TICKS ? runs : undefined;
  }
}, 120_000);

it('P8.6: replicas that are killed in mid-run and started again: each tick ends ok, at once or after it was lost', async () => {
  const jobs = jobsWith({
    ttl: 800,
    overlap: 'queue-one',
    onCrash: 'rerun',
    attempts: 10,
    body: { workMs: 20 },
  });
  const options = { url: server.url, namespace, jobs };
  const start = (replica: string) => startJobTaker({ ...options, replica });
  const replicas = await Promise.all(Array.from({ length: REPLICAS }, (_, at) => start(`r${at}`)));
  const { jobs: observer } = await openHoldfast(server.url, { namespace });
  for (let kill = 0; kill < KILLS; kill += 1) {
    const victim = replicas.shift();
    // In the middle of something: it said that a run began, and did not say that it is over.
    await victim?.nextMessage({ event: 'run' }, 15_000);
    await victim?.kill('SIGKILL');
    replicas.push(await start(`again-${kill}`));
  }
  await Promise.all(jobs.map(({ name }) => observer.pause(name)));
  await eventually(async () => {
    const states = await Promise.all(jobs.map(({ name }) => observer.inspect(name)));
    return states.every(({ running, waiting }) => running.length === 0 && waiting === undefined);
  });
  let lost = 0;
  for (const { name } of jobs) {
    const runs = await runsOf(observer, name);
    for (const tick of ticksOf(runs, PERIOD_MS)) {
      const outcomes = (byRun(runs).get(tick) ?? []).map(({ outcome }) => outcome);
      expect([tick, ...outcomes]).toEqual([tick, ...outcomes.slice(1).map(() => 'lost'), 'ok']);
      lost += outcomes.length - 1;
    }
    const fences = runs.map(({ fence }) => fence);
    expect(new Set(fences).size).toBe(fences.length);
  }
  expect(lost).toBeGreaterThan(0);
  console.log(`${KILLS} replicas killed, ${lost} runs lost and made good`);
}, 180_000);
