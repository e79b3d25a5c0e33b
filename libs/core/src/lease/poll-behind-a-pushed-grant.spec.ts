/** A poll on its way when a pushed grant is used: the store writes what nobody wants any more as a release of nothing. */
import { expect, it } from 'vitest';
import { EngineBench, leaseOf } from '../../../../test/integration/protocol/support/engine-bench.js';

async function grantedBehindAPoll() {
  const bench = new EngineBench();
  const asked = await bench.wait();
  const { token } = bench.store.last.request;
  bench.store.push({ token, kind: 'wake', fence: 0, lastsMs: 0 });
  const poll = bench.store.last.request;
  bench.store.push({ token });
  await bench.clock.settle();
  return { bench, lease: leaseOf(asked), poll };
}

it('is still wanted while the lease is held, for its answer confirms what was granted', async () => {
  const { lease, poll } = await grantedBehindAPoll();
  expect(lease.held).toBe(true);
  expect(poll.stillWanted()).toBe(true);
});

it('is not wanted any more once the lease was given back', async () => {
  const { lease, poll } = await grantedBehindAPoll();
  await lease.release();
  expect(poll.stillWanted()).toBe(false);
});

it('is not wanted any more once the lease was lost', async () => {
  const { bench, lease, poll } = await grantedBehindAPoll();
  bench.clock.jump('10s');
  expect(lease.held).toBe(false);
  expect(poll.stillWanted()).toBe(false);
});
