import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import type { ChildMessage } from '../support/child.js';
import { readLedger, runDemo } from './demo-process.js';

const PATIENCE_MS = 60_000;
const SKEW_S = 2;

const folder = mkdtempSync(join(tmpdir(), 'holdfast-demo-spec-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const CLEAN = {
  ...{ doubled: 0, lost: 0, closedTwice: 0, expiredTwice: 0, ticksDoubled: 0, ticksMissed: 0 },
  ...{ collapses: [], unguarded: false },
};

function countOf(value: unknown): number {
  return Number(value);
}

describe.concurrent(
  'the demo on three processes and a private redis-server',
  { timeout: PATIENCE_MS },
  () => {
    it('stays in order when the holder is killed and clocks are 4 s apart, and its ledger says the same as its report', async () => {
      const ledger = join(folder, 'killed.ndjson');
      const { code, report, stdout, stderr } = await runDemo([
        '--for',
        '6s',
        '--kill-one',
        '--skew',
        `${SKEW_S}s`,
        '--json',
        '--ledger',
        ledger,
      ]);
      expect(stderr).toMatch(/KILLED .* \(process \d+\)/);
      expect(stderr).toMatch(/r\d(?:\/2)? +TAKES OVER invoice-orders from r\d/);
      expect(stderr).toMatch(/r\d\/2 +restarted/);
      expect(report).toMatchObject({ mode: 'redis', replicas: 3, ...CLEAN });
      expect(code).toBe(0);
      expect(stdout).toHaveLength(1);
      expect(report['invoiced']).toBe(report['orders']);
      expect(countOf(report['takeovers'])).toBeGreaterThanOrEqual(1);
      expect(countOf(report['skipped'])).toBeGreaterThan(0);
      expect(clocksOf(readLedger(ledger))).toEqual({ r1: SKEW_S, r2: 0, r3: -SKEW_S });
      expect(countByHand(readLedger(ledger))).toEqual({
        orders: report['orders'],
        invoiced: report['invoiced'],
        doubled: report['doubled'],
        lost: report['lost'],
        runs: report['runs'],
        ticks: report['ticks'],
        skipped: report['skipped'],
        staleWritesRefused: report['staleWritesRefused'],
        ticksDoubled: report['ticksDoubled'],
        ticksMissed: report['ticksMissed'],
        reruns: report['reruns'],
      });
    });

    it('refuses the write of a holder that froze between its check and its write', async () => {
      const ledger = join(folder, 'frozen.ndjson');
      const { code, report, stderr } = await runDemo([
        '--for',
        '6s',
        '--freeze-one',
        '--json',
        '--ledger',
        ledger,
      ]);
      expect(stderr).toMatch(/FROZEN with SIGSTOP/);
      expect(report).toMatchObject({ mode: 'redis', ...CLEAN });
      expect(code).toBe(0);
      expect(report['invoiced']).toBe(report['orders']);
      expect(countOf(report['takeovers'])).toBeGreaterThanOrEqual(1);
      expect(countOf(report['staleWritesRefused'])).toBeGreaterThanOrEqual(1);
      // Frozen for longer than the TTL, and refused after it woke and not before.
      const [frozen, thawed, refused] = ['frozen', 'thawed', 'refused'].map((kind) =>
        readLedger(ledger).find((entry) => entry['kind'] === kind),
      );
      expect(countOf(thawed?.['at']) - countOf(frozen?.['at'])).toBeGreaterThanOrEqual(1_990);
      expect(refused).toMatchObject({
        refused: 'invoice',
        job: 'invoice-orders',
        replica: frozen?.['replica'],
      });
      expect(countOf(refused?.['seq'])).toBeGreaterThan(countOf(thawed?.['seq']));
    });

    it('invoices twice as soon as the locks are off, and says so', async () => {
      const { code, report, stderr } = await runDemo(['--for', '3s', '--calm', '--unguarded', '--json']);
      expect(countOf(report['doubled'])).toBeGreaterThan(0);
      expect(countOf(report['ticksDoubled'])).toBeGreaterThan(0);
      expect(report).toMatchObject({
        unguarded: true,
        lost: 0,
        skipped: 0,
        takeovers: 0,
        reruns: 0,
        staleWritesRefused: 0,
      });
      expect(stderr).toContain('The books are WRONG');
      expect(code).toBe(1);
    });
  },
);

/** Counts with nothing of the demo's own code. */
function countByHand(ledger: readonly ChildMessage[]): Record<string, number> {
  const of = (...kinds: string[]): ChildMessage[] =>
    ledger.filter((entry) => kinds.includes(String(entry['kind'])));
  const orders = new Set(of('order').map((entry) => entry['orderId']));
  const invoices = of('invoice').map((entry) => entry['orderId']);
  const invoiced = new Set(invoices);
  return {
    orders: orders.size,
    invoiced: invoiced.size,
    doubled: [...invoiced].filter((orderId) => invoices.filter((each) => each === orderId).length > 1).length,
    lost: [...orders].filter((orderId) => !invoiced.has(orderId)).length,
    runs: of('run-started').length,
    ticks: new Set(
      of('run-started', 'skipped', 'tick-skipped').map(
        (entry) => `${String(entry['job'])} ${String(entry['tick'])}`,
      ),
    ).size,
    skipped: of('skipped').length,
    staleWritesRefused: of('refused').length,
    ...countTicks(of('run-started', 'run-finished', 'closing', 'tick-skipped')),
  };
}

/** What became of the ticks of closing the books, which come every two seconds. */
function countTicks(entries: readonly ChildMessage[]): Record<string, number> {
  const ofClosing = entries.filter((entry) => entry['job'] === 'close-books');
  const ticks = ofClosing.map((entry) => countOf(entry['tick']));
  const due = Array.from(
    { length: (Math.max(...ticks) - Math.min(...ticks)) / 2_000 + 1 },
    (_, at) => Math.min(...ticks) + at * 2_000,
  );
  const count = (kinds: string[], tick: number): number =>
    ofClosing.filter((entry) => kinds.includes(String(entry['kind'])) && entry['tick'] === tick).length;
  return {
    ticksDoubled: due.filter((tick) => count(['closing'], tick) > 1).length,
    ticksMissed: due.filter((tick) => count(['run-finished', 'tick-skipped'], tick) === 0).length,
    reruns: ofClosing.filter((entry) => entry['kind'] === 'run-started' && countOf(entry['attempt']) > 1)
      .length,
  };
}

/** How many seconds clocks are behind: how jobs that go by them name their ticks, against the clock of the ledger. */
function clocksOf(ledger: readonly ChildMessage[]): Record<string, number> {
  const behind: Record<string, number> = {};
  for (const entry of ledger) {
    if (entry['kind'] !== 'run-started' || entry['job'] === 'close-books') continue;
    const replica = String(entry['replica']);
    // In steps of the skew: what a busy machine adds is less than a whole one.
    const seconds = SKEW_S * Math.floor((countOf(entry['at']) - countOf(entry['tick'])) / 1_000 / SKEW_S);
    // The least is the one that was written down soonest: a busy machine only adds to it.
    behind[replica] = Math.min(seconds, behind[replica] ?? Infinity);
  }
  return behind;
}
