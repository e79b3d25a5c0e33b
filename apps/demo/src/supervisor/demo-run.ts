/** One run of the demo, from the first replica to the audit. */
import { setTimeout as pause } from 'node:timers/promises';
import { randomBytes } from 'node:crypto';
import { recount, type Audit } from '../audit/recount.js';
import { Books } from '../bookkeeping/books.js';
import { BooksServer } from '../bookkeeping/books-server.js';
import type { Ledger } from '../bookkeeping/ledger.js';
import type { DemoOptions } from '../command-line/options.js';
import { sampleOrders } from '../shop/sample-orders.js';
import type { LiveView } from '../view/live-view.js';
import { strike } from './faults/fault-plan.js';
import { Fleet } from './fleet.js';
import type { Ground, Mode } from './ground/ground.js';
import { LoadSource } from './load-source.js';
import type { Scene } from './scene.js';

/** How long jobs get to finish what was ordered, once no more orders come. */
const DRAIN_WITHIN_MS = 30_000;

/** The last line of `--json`. */
export interface DemoReport extends Audit {
  readonly mode: Mode;
  readonly replicas: number;
  readonly unguarded: boolean;
  readonly interrupted: boolean;
  /** From the first order until every order was dealt with. */
  readonly durationMs: number;
  /** Replicas that ended though nobody killed them. */
  readonly collapses: readonly string[];
}

export interface DemoParts {
  readonly options: DemoOptions;
  readonly ground: Ground;
  readonly ledger: Ledger;
  readonly view: LiveView;
  /** Aborts when somebody wants the run to end early. */
  readonly interrupt: AbortSignal;
}

export async function runDemo(parts: DemoParts): Promise<DemoReport> {
  const { options, ground, ledger, view, interrupt } = parts;
  const books = new Books(ledger);
  const server = new BooksServer(books);
  const booksUrl = await server.listen();
  // A name of its own, so that demos that share a Redis do not share locks.
  const namespace = `holdfast-demo-${randomBytes(4).toString('hex')}`;
  const { replicas, skewMs, unguarded } = options;
  const fleet = new Fleet({ replicas, skewMs, unguarded, booksUrl, namespace }, ground.startReplica);
  const scene: Scene = { books, fleet };
  recordSkips(scene);
  view.watch(scene);
  try {
    const skew = skewMs === 0 ? '' : `; their clocks are up to ${skewMs / 1_000} s ahead or behind`;
    view.say(
      `starting ${ground.label}; TTL of the locks 2 s${skew}${unguarded ? '; the locks are OFF' : ''}`,
    );
    await fleet.start();
    const durationMs = await openShop(parts, scene);
    await fleet.stop();
    const audit = recount(ledger.entries);
    const { collapses } = fleet;
    return {
      mode: ground.mode,
      replicas,
      ...audit,
      unguarded,
      interrupted: interrupt.aborted,
      durationMs,
      collapses,
    };
  } finally {
    await fleet.stop();
    await server.close();
    view.close();
  }
}

/** Takes orders for as long as asked, with faults in the middle, and then until all of them are dealt with. */
async function openShop({ options, view, interrupt }: DemoParts, scene: Scene): Promise<number> {
  const begunAt = performance.now();
  view.say(`open: orders arrive over HTTP and from a file for ${options.forMs / 1_000} s`);
  const load = new LoadSource(scene.fleet);
  const overdue = AbortSignal.timeout(options.forMs + DRAIN_WITHIN_MS);
  const faults = strike(options, scene, AbortSignal.any([interrupt, overdue]));
  // Told at the end of the run; until then it must not count as unhandled.
  faults.catch(() => undefined);
  load.start();
  await pause(options.forMs, undefined, { signal: interrupt }).catch(() => undefined);
  // On a busy machine a restart may take longer than the rest of the time, and the next fault is to find open orders, too.
  try {
    await faults;
  } finally {
    await load.stop();
  }
  view.say(
    interrupt.aborted
      ? 'interrupted: no more orders'
      : 'closed: no more orders, the jobs finish what is open',
  );
  await drain(scene);
  return Math.round(performance.now() - begunAt);
}

async function drain({ books }: Scene): Promise<void> {
  const inFile = (await sampleOrders()).length;
  const isDone = (): boolean =>
    books.work.openOrders().length === 0 && books.work.imported >= inFile && !books.work.isClosing;
  if (isDone()) return;
  // What is still open when time is up is what the audit calls lost.
  await books.ledger.next(isDone, AbortSignal.timeout(DRAIN_WITHIN_MS)).catch(() => undefined);
}

/** A tick that was left out is told by event and again from the history. */
function recordSkips({ books, fleet }: Scene): void {
  const leftOut = new Set<string>();
  fleet.onNews((news, author) => {
    const pid = fleet.find(author)?.author.pid ?? 0;
    if (news.type === 'skipped')
      books.ledger.append({ kind: 'skipped', job: news.job, tick: news.tick, ...author, pid });
    if (news.type === 'tick-skipped') {
      const { job, tick, reason } = news;
      if (leftOut.has(`${job}@${tick}`)) return;
      leftOut.add(`${job}@${tick}`);
      books.ledger.append({ kind: 'tick-skipped', job, tick, reason, ...author, pid });
    }
  });
}
