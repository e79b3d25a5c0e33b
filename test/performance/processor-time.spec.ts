/**
 * The processor time of a lock beside that of the home-made one. The bound is wide: it tells a lock that is no cheaper
 * from one that is, on a busy machine too. How much cheaper it is says the bench.
 */
import { afterAll, beforeAll, expect, it, onTestFinished } from 'vitest';
import { startChild } from '../support/child.js';
import { startRedis, type RedisServer } from '../support/redis-server.js';

let server: RedisServer;
beforeAll(async () => {
  server = await startRedis();
});
afterAll(() => server.stop());

function median(values: readonly number[]): number {
  return values.toSorted((one, other) => one - other)[Math.floor(values.length / 2)] ?? NaN;
}

/** Of what the child said, which measures in a process of its own: coverage and compilers of the tests are not in there. */
function slicesIn(slices: unknown): { ours: number; theirs: number }[] {
  if (!Array.isArray(slices)) throw new Error(`no slices: ${JSON.stringify(slices)}`);
  return slices.map(({ ours, theirs }) => ({ ours: Number(ours), theirs: Number(theirs) }));
}

it('of 512 locks at once each costs less processor time than SET NX PX and a script on ioredis', async () => {
  const child = startChild('test/performance/processor-time.mjs', { args: [server.url] });
  onTestFinished(async () => {
    await child.kill();
  });
  const slices = slicesIn((await child.message({ event: 'measured' }, 18_000))['slices']);
  const ratio = median(slices.map(({ ours, theirs }) => ours / theirs));
  const [ours, theirs] = [median(slices.map((one) => one.ours)), median(slices.map((one) => one.theirs))];
  console.log(
    `a lock: ${ours.toFixed(1)} µs of the processor, home-made ${theirs.toFixed(1)}; ${ratio.toFixed(2)} ×`,
  );
  expect(slices.length).toBeGreaterThanOrEqual(9);
  expect(ratio).toBeLessThanOrEqual(0.9);
});
