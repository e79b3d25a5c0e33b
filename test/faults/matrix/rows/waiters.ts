/** Many wait for one lock; some give up, some die, and nobody is pushed. */
import assert from 'node:assert/strict';
import type { Child } from '../../../support/child.js';
import { eventually } from '../../../support/eventually.js';
import { ask, numberIn, take } from '../../../support/taker.js';
import type { PlayedRow, Trial } from '../row.js';
import { givesBack, inLine, tellsAt, told, works } from '../scene.js';
import { TTL_MS } from '../stage.js';

const PROCESSES = 4;
const WAITERS = 200;
const POLL_MS = 1_000;
/** For the turns of four processes with fifty waiters each. */
const SLACK_MS = 500;
const WAIT_MS = 60_000;

/** Over RESP2 pushes come on a connection of their own, which says nothing any more. */
const RESP2 = JSON.stringify({ protocol: 2 });

async function crowdWithoutPushes(trial: Trial) {
  const { stage, name } = trial;
  const holder = await stage.taker('holder', { direct: true });
  const crowd = await Promise.all(
    Array.from({ length: PROCESSES }, (_, at) => stage.taker(`crowd-${at}`, { client: RESP2 })),
  );
  await take(holder, name, { ttl: TTL_MS });
  const ids = Array.from({ length: WAITERS }, (_, at) => `${name}-${at}`);
  const askerOf = (at: number): Child => crowd[at % PROCESSES] ?? holder;
  const options = { ttl: TTL_MS, wait: WAIT_MS };
  for (const [at, id] of ids.entries())
    askerOf(at).send({ do: 'body', id, name, how: 'returns nothing', options });
  await inLine(trial, PROCESSES);
  for (const connection of stage.proxy.connections)
    if (connection.isSubscriber) connection.setFlow('to-client', { kind: 'swallow' });
  const aborted = ids.filter((_, at) => Math.floor(at / PROCESSES) % 2 === 0);
  for (const [at, id] of ids.entries()) if (aborted.includes(id)) askerOf(at).send({ do: 'abort', id });
  const said = (event: string) =>
    crowd.flatMap(({ messages }) =>
      messages.filter((one) => one['event'] === event && ids.includes(String(one['id']))),
    );
  await eventually(() => said('failed').length === aborted.length, { withinMs: 5_000, everyMs: 20 });
  const { at: releasedAt } = await ask(holder, { do: 'release', id: name }, { event: 'released', id: name });
  await eventually(() => said('ran').length === WAITERS - aborted.length, { withinMs: WAIT_MS, everyMs: 20 });
  const codes = new Set(said('failed').map(({ code }) => code));
  assert.deepEqual([...codes], ['ERR_LOCK_ABORTED']);
  const grants = [
    Number(releasedAt),
    ...said('granted')
      .map(tellsAt)
      .toSorted((a, b) => a - b),
  ];
  const gaps = grants.slice(1).map((at, index) => at - (grants[index] ?? NaN));
  return {
    'hand-over gap': Math.max(...gaps),
    'granted in all after': Math.max(...grants) - Number(releasedAt),
  };
}

const VICTIMS = 3;
/** What a first grant to a waiter lasts. */
const WAITER_LEASE_MS = 2_500;

async function waitersKilled(trial: Trial) {
  const { stage } = trial;
  const named = ['holder', 'last'].map((replica) => stage.taker(replica, { direct: true }));
  const [holder, last] = await Promise.all(named);
  if (holder === undefined || last === undefined) throw new Error('nobody is there');
  const victims = await Promise.all(
    Array.from({ length: VICTIMS }, (_, at) => stage.taker(`victim-${at}`, { direct: true })),
  );
  works(holder, trial);
  await told(holder, trial, 'granted');
  for (const [at, victim] of victims.entries()) {
    works(victim, trial);
    await inLine(trial, at + 1);
  }
  works(last, trial);
  await inLine(trial, VICTIMS + 1);
  await Promise.all(victims.map((victim) => stage.kill(victim)));
  await givesBack(holder, trial);
  const released = numberIn(await told(holder, trial, 'released'), 'at');
  const granted = tellsAt(await told(last, trial, 'granted'));
  await givesBack(last, trial);
  return { 'the one behind them has it after': granted - released };
}

export const waiterRows: readonly PlayedRow[] = [
  {
    kind: 'played',
    id: 'F36',
    fault: '200 waiters in four processes for one lock; half of them abort; every push is lost',
    holds:
      'all settle; hand-over gap at most one poll (1 s); no waiter and no listener is left, no warning of Node',
    play: crowdWithoutPushes,
    long: true,
    bounds: { 'hand-over gap': { max: POLL_MS + SLACK_MS } },
  },
  {
    kind: 'played',
    id: 'F37',
    fault: 'SIGKILL three queued waiters',
    holds: 'they cost one waiter lease (2.5 s) in all, not each',
    play: waitersKilled,
    bounds: { 'the one behind them has it after': { max: WAITER_LEASE_MS } },
  },
];
