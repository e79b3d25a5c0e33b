/** Everything at once, for a while: the row F44, and with another length the soak. */
import assert from 'node:assert/strict';
import { parseDuration } from '@holdfast/core';
import type { Child } from '../../../support/child.js';
import { long } from '../../../support/long.js';
import { machineMs } from '../../../support/machine-clock.js';
import { ask, numberIn } from '../../../support/taker.js';
import { mostAbove, type Pass } from '../../support/passes.js';
import { Chaos, JOB, LIMITS, type Blow } from '../chaos.js';
import type { PlayedRow, Trial } from '../row.js';
import { assertNoStaleWrites, assertStageEndsWell } from '../conditions.js';
import { passed } from '../scene.js';
import { Stage, type Write } from '../stage.js';

const PERIOD_MS = 1_000;
/** How late a tick may be claimed and still be on time: until then it may be claimed again when the server forgot it. */
const LATENESS_MS = PERIOD_MS / 2;
const EARLY_MS = 50;
/** A dead run blocks its job for TTL + 1 s, an outage for as long as it lasts; a tick more on both sides. */
const MISSED_PER_FAULT = 4;
const HEAP_GROWS_BY = 2 * 1_048_576;
/** Of the job, of the processes, of the lock, and of the limiter. */
const KEYS = 7 + 2 + 3 + 2;
const WARM_UP = 0.25;

interface Tally {
  readonly ticks: number;
  readonly missed: number;
  readonly twice: number;
  readonly twiceAfterLoss: number;
}

async function executions(stage: Stage): Promise<ReadonlyMap<number, readonly Write[]>> {
  const names = (await stage.writtenUnder()).filter((name) => name.startsWith(`${JOB}@`));
  const found = names.map(
    async (name) => [Number(name.slice(JOB.length + 1)), await stage.journal(name)] as const,
  );
  return new Map(await Promise.all(found));
}

function tallyOf(ran: ReadonlyMap<number, readonly Write[]>, blows: readonly Blow[]): Tally {
  const ticks = [...ran.keys()];
  const due = (Math.max(...ticks) - Math.min(...ticks)) / PERIOD_MS + 1;
  const twice = ticks.filter((tick) => (ran.get(tick)?.length ?? 0) > 1);
  const forgotten = (tick: number): boolean =>
    blows.some(({ losesData, at }) => losesData && at >= tick - EARLY_MS && at <= tick + LATENESS_MS);
  return {
    ticks: ticks.length,
    missed: due - ticks.length,
    twice: twice.filter((tick) => !forgotten(tick)).length,
    twiceAfterLoss: twice.filter(forgotten).length,
  };
}

/** How many may pass in so long, by both limits. */
function mostWithin(ms: number): number {
  const { perSecond, burst, perWindow, windowMs } = LIMITS;
  return Math.min(burst + (perSecond * ms) / 1_000, perWindow * Math.ceil(ms / windowMs));
}

/** The most that ever passed above that, between two losses of what was counted. */
function passedAbove(passes: readonly Pass[], blows: readonly Blow[]): number {
  const losses = blows.filter(({ losesData }) => losesData);
  const begins = [-Infinity, ...losses.map(({ endedAt }) => endedAt)];
  const ends = [...losses.map(({ startedAt }) => startedAt), Infinity];
  const above = begins.map((begin, at) => {
    const end = ends[at] ?? Infinity;
    const between = passes.filter(({ sentAt, answeredAt }) => sentAt > begin && answeredAt < end);
    return mostAbove(between, mostWithin, 2 * LIMITS.windowMs);
  });
  return Math.max(...above);
}

async function heapOf(child: Child): Promise<number> {
  return numberIn(await ask(child, { do: 'heap' }, { event: 'heap' }), 'bytes');
}

async function heaps(children: readonly Child[]): Promise<ReadonlyMap<Child, number>> {
  return new Map(await Promise.all(children.map(async (child) => [child, await heapOf(child)] as const)));
}

/** On a stage of its own: what was disturbed for so long begins anew with the next trial. */
async function underChaos(trial: Trial, forMs: number) {
  const stage = await Stage.open();
  trial.stage.defer(() => stage.close());
  const measured = await rageOn(stage, forMs);
  await assertNoStaleWrites(stage);
  await assertStageEndsWell(stage);
  await stage.close();
  return measured;
}

async function rageOn(stage: Stage, forMs: number) {
  const chaos = await Chaos.start(stage);
  const startedAt = machineMs();
  await chaos.rage(startedAt + WARM_UP * forMs);
  const warm = await heaps(chaos.processes);
  await chaos.rage(startedAt + forMs);
  await passed(2 * PERIOD_MS);
  const grown = [...(await heaps(chaos.processes))].flatMap(([child, bytes]) => {
    const before = warm.get(child);
    return before === undefined ? [] : [bytes - before];
  });
  const keys = await stage.admin.dbsize();
  await chaos.end();
  const { ticks, missed, twice, twiceAfterLoss } = tallyOf(await executions(stage), chaos.blows);
  const { passes } = chaos;
  const above = passedAbove(passes, chaos.blows);
  const faults = chaos.blows.length;
  assert.equal(twice, 0, 'ticks that ran twice');
  assert.ok(missed <= MISSED_PER_FAULT * faults, `${missed} ticks missed in ${faults} faults`);
  assert.ok(keys <= KEYS, `${keys} keys`);
  assert.ok(passes.length > (LIMITS.perSecond * ticks) / 10, `${passes.length} passed the limiter`);
  assert.ok(above <= 0, `${above} more passed than may`);
  const grownBy = Math.max(0, ...grown);
  assert.ok(grownBy <= HEAP_GROWS_BY, `a heap grew by ${grownBy} bytes`);
  return {
    'faults (number)': faults,
    'ticks run (number)': ticks,
    'ticks missed (number)': missed,
    'ticks run twice (number)': twice,
    'ticks run twice, their claim forgotten by the server within their lateness (number)': twiceAfterLoss,
    'passed the limiter (number)': passes.length,
    'passed above what may (number)': above,
    'keys at the end (number)': keys,
    'heap grew at most (KB)': grownBy / 1_024,
  };
}

/** Half an hour in a long run, two minutes in the matrix, some seconds every day. */
function lengthMs(): number {
  const given = process.env['HOLDFAST_CHAOS_FOR'];
  if (given !== undefined) return parseDuration(given, '--for');
  if (long) return 1_800_000;
  return process.env['HOLDFAST_FAULT_RUNS'] === undefined ? 12_000 : 120_000;
}

const forMs = lengthMs();

export const chaosRows: readonly PlayedRow[] = [
  {
    kind: 'played',
    id: 'F44',
    fault:
      'three replicas with a job each second, loops that want one lock and requests to one limiter, under F01, F02, F05, F06, F17 and F19 at random',
    holds:
      'no tick runs twice, unless the server forgot its claim within its lateness; at most 4 ticks missed a fault; no more pass than may between two losses of what was counted; heap and keyspace stay flat',
    play: (trial) => underChaos(trial, forMs),
    long: true,
    everyday: 1,
    longestMs: forMs + 120_000,
    size: `${forMs / 1_000} s a run`,
  },
];
