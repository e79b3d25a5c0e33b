import { describe, expect, it } from 'vitest';
import type { Child } from '../support/child.js';
import { eventually } from '../support/eventually.js';
import { outcomeOf, startDemo } from './demo-process.js';
import { childrenOf, groupOf, survivorsOf } from './process-table.js';

describe.concurrent('the end of the demo', { timeout: 60_000 }, () => {
  it('comes in order on Ctrl-C, which a terminal sends to all processes of the demo', async () => {
    const { demo, family } = await runningDemo();
    for (const pid of groupOf(demo.pid, family)) process.kill(pid, 'SIGINT');
    await expectOrderlyEnd(demo, { signal: 'SIGINT', family });
  });

  it('comes in order on SIGTERM', async () => {
    const { demo, family } = await runningDemo();
    await expectOrderlyEnd(demo, { signal: 'SIGTERM', family });
  });

  it('leaves nobody behind when the supervisor is killed while a replica is frozen', async () => {
    const demo = startDemo(['--for', '15s', '--freeze-one', '--json']);
    await said(demo, 'FROZEN');
    const family = familyOf(demo);
    await demo.kill('SIGKILL');
    await eventually(() => survivorsOf(family).length === 0);
    expect(survivorsOf(family)).toEqual([]);
  });
});

async function runningDemo(): Promise<{ demo: Child; family: number[] }> {
  const demo = startDemo(['--for', '60s', '--calm', '--json']);
  await said(demo, '× invoice');
  return { demo, family: familyOf(demo) };
}

/** Three replicas, redis-server, and the guard that ends them if all else fails. */
function familyOf(demo: Child): number[] {
  const family = childrenOf(demo.pid);
  expect(family).toHaveLength(5);
  return family;
}

/** Drained, audited, nobody left behind. */
async function expectOrderlyEnd(
  demo: Child,
  { signal, family }: { readonly signal: 'SIGINT' | 'SIGTERM'; readonly family: readonly number[] },
): Promise<void> {
  await demo.kill(signal);
  const { code, report } = await outcomeOf(demo);
  expect(report).toMatchObject({ interrupted: true, doubled: 0, lost: 0, collapses: [] });
  expect(report['invoiced']).toBe(report['orders']);
  expect(code).toBe(0);
  expect(survivorsOf(family)).toEqual([]);
}

async function said(demo: Child, text: string): Promise<void> {
  await eventually(() => demo.stderr.includes(text), { withinMs: 30_000, everyMs: 20 });
}
