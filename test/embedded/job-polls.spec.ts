/** A process asks twice a second what there is to do, also a server that takes longer than that to answer. */
import { createHoldfast, type Holdfast, type HostProvider } from '@holdfast/core';
import { embedded, SettableClock } from '@holdfast/embedded';
import { faulty } from '@holdfast/testing';
import { expect, it, onTestFinished } from 'vitest';

/** Opens instances that are closed when the test is over, while time passes. */
function openingOn(clock: SettableClock) {
  return async (connection: HostProvider): Promise<Holdfast> => {
    const holdfast = await createHoldfast({ connection, namespace: 'shop', preflight: 'off' });
    onTestFinished(async () => {
      const closed = holdfast.close(0);
      await clock.advance('5s');
      await closed;
    });
    return holdfast;
  };
}

it('a run that waits is begun once by a process that has to ask again before it was answered', async () => {
  const clock = new SettableClock();
  const provider = embedded({ clock });
  const open = openingOn(clock);
  const before = await open(provider);
  before.jobs.define({ name: 'report' }, () => undefined);
  await clock.settle();
  await before.close(0);
  const outsider = await open(provider);
  expect(await outsider.jobs.runNow('report')).toEqual({ outcome: 'queued' });

  const slow = faulty(provider);
  const { jobs } = await open(slow);
  slow.faults.delayCalls(300);
  const begun: string[] = [];
  jobs.define({ name: 'report' }, async (run) => {
    begun.push(run.id);
    await new Promise(() => undefined);
  });
  await clock.advance('3s');
  expect(begun).toHaveLength(1);
  expect((await outsider.jobs.inspect('report')).running.map(({ id }) => id)).toEqual(begun);
});
