import { describe, expect, it } from 'vitest';
import { isClean, recount } from '../../apps/demo/src/audit/recount.js';
import type { Entry, LedgerEntry } from '../../apps/demo/src/bookkeeping/entries.js';

const r1 = { replica: 'r1', life: 1, pid: 11 };

/** Entries of one run of close-books. */
function run(tick: number, kinds: readonly Kind[], { attempt = 1, runId = 'one' }: Which = {}): Entry[] {
  const mark = {
    job: 'close-books',
    runId: `${runId}-${attempt}`,
    tick,
    attempt,
    fence: tick + attempt,
    ...r1,
  } as const;
  return kinds.map((kind) => {
    if (kind === 'closing') return { kind, invoiceSeqs: [], cents: 0, ...mark };
    return kind === 'run-failed' ? { kind, reason: 'x', ...mark } : { kind, ...mark };
  });
}

interface Which {
  readonly attempt?: number;
  readonly runId?: string;
}

type Kind = 'run-started' | 'closing' | 'run-finished' | 'run-failed';

const DONE = ['run-started', 'closing', 'run-finished'] as const;
const IDLE = ['run-started', 'run-finished'] as const;

function audit(...entries: Entry[][]) {
  const lines: LedgerEntry[] = entries.flat().map((entry, at) => ({ ...entry, seq: at + 1, at }));
  return recount(lines);
}

describe('the recount of ticks', () => {
  it('finds a tick that two runs closed, and one that two runs finished with nothing to close', () => {
    const twice = audit(run(2_000, DONE), run(2_000, DONE, { runId: 'other' }), run(4_000, DONE));
    const idle = audit(run(2_000, IDLE), run(2_000, IDLE, { runId: 'other' }));
    expect([twice.ticksDoubled, idle.ticksDoubled]).toEqual([1, 1]);
    expect(isClean(twice)).toBe(false);
  });

  it('does not take an attempt for a double that finds the work of the one before done, but one that does it again', () => {
    const found = audit(run(2_000, DONE), run(2_000, IDLE, { attempt: 2 }));
    const again = audit(run(2_000, ['run-started', 'closing']), run(2_000, DONE, { attempt: 2 }));
    const idle = audit(run(2_000, IDLE), run(2_000, DONE, { attempt: 2 }));
    expect([found, again, idle].map(({ ticksDoubled }) => ticksDoubled)).toEqual([0, 1, 0]);
    expect([found, again, idle].map(({ reruns }) => reruns)).toEqual([1, 1, 1]);
  });

  it('finds ticks that never came and ticks whose run was cut short for good', () => {
    const gap = audit(run(2_000, DONE), run(8_000, DONE));
    const cutShort = audit(run(2_000, DONE), run(4_000, ['run-started']), run(6_000, DONE));
    expect([gap.ticksMissed, cutShort.ticksMissed]).toEqual([2, 1]);
    expect(isClean(gap)).toBe(false);
  });

  it('does not miss a tick that a policy left out, that another attempt ran, or whose run failed', () => {
    const skipped: Entry = {
      kind: 'tick-skipped',
      job: 'close-books',
      tick: 4_000,
      reason: 'overlap',
      ...r1,
    };
    const all = audit(
      run(2_000, ['run-started']),
      [skipped],
      run(2_000, DONE, { attempt: 2 }),
      run(6_000, ['run-started', 'run-failed']),
      run(8_000, DONE),
    );
    expect(all).toMatchObject({ ticks: 4, runs: 4, ticksMissed: 0, ticksDoubled: 0, reruns: 1 });
    expect(isClean(all)).toBe(true);
  });

  it('leaves jobs alone that go by the clocks of their replicas', () => {
    const mark = { job: 'invoice-orders', tick: 2_000, attempt: 1, fence: 1, ...r1 } as const;
    const both = ['a', 'b'].flatMap((runId): Entry[] => [
      { kind: 'run-started', runId, ...mark },
      { kind: 'run-finished', runId, ...mark, tick: 9_000 },
    ]);
    expect(audit(both)).toMatchObject({ ticksDoubled: 0, ticksMissed: 0 });
  });
});
