/** A lock that is declared fenced, and whose holder sends no fence along. */
import { expect, it } from 'vitest';
import { EngineBench, type Wanted } from '../../../../test/integration/protocol/support/engine-bench.js';

const warnings = ({ logged }: EngineBench): string[] => logged.filter((line) => line.includes('lease.fence'));

async function holdOnce(bench: EngineBench, wanted: Wanted, readsFence: boolean): Promise<void> {
  const lease = await bench.hold(wanted);
  if (readsFence) expect(lease.fence).toBeGreaterThan(0);
  void lease.release();
  await bench.clock.settle();
}

it('a fence that nobody read is told once for each name', async () => {
  const bench = new EngineBench();
  for (const lockName of ['order', 'order', 'stock'])
    await holdOnce(bench, { fenced: true, lockName }, false);
  expect(warnings(bench).map((line) => line.slice(0, 40))).toEqual([
    'Lock "order" is declared fenced and nobo',
    'Lock "stock" is declared fenced and nobo',
  ]);
});

it('nothing is told of a fence that was read, nor of a lock that is not declared fenced', async () => {
  const bench = new EngineBench();
  await holdOnce(bench, { fenced: true }, true);
  await holdOnce(bench, {}, false);
  expect(warnings(bench)).toEqual([]);
});

it('events, which carry the fence, do not count as reading it', async () => {
  const bench = new EngineBench();
  bench.heard = (event) => expect(event.type).toBeTypeOf('string');
  await holdOnce(bench, { fenced: true }, false);
  expect(bench.events.map(({ type }) => type)).toEqual(['granted', 'released']);
  expect(warnings(bench)).toHaveLength(1);
});
