/** What came of something that is done once counts when its replicas have it: a primary that is lost must not take it along. */
import { expect, it, onTestFinished } from 'vitest';
import { always, eventually, within } from '../support/eventually.js';
import { openHoldfast } from '../support/holdfasts.js';
import { uniqueNamespace } from '../support/namespace.js';
import { startReplicated } from '../support/redis-replicas.js';

const REPLICAS = { replicas: { atLeast: 1, within: 200 } } as const;
const OPTIONS = { remember: '1h', ttl: '10s', wait: '10s' } as const;

it('nobody is told of it before a replica has it, and then everybody, of one run', async () => {
  const redis = await startReplicated();
  onTestFinished(() => redis.stop());
  const namespace = uniqueNamespace();
  const [one, other] = await Promise.all(
    [0, 1].map(() => openHoldfast(redis.primary.url, { namespace, ...REPLICAS })),
  );
  if (one === undefined || other === undefined) throw new Error('there are two');
  let runs = 0;
  let finish = (): void => undefined;
  const finished = new Promise<void>((resolve) => (finish = resolve));
  const told: string[] = [];
  const first = one.once.run('invoice', OPTIONS, async () => {
    runs += 1;
    await finished;
    return { number: 7 };
  });
  await eventually(() => runs === 1);
  redis.cutOff();
  finish();
  const second = other.once.run<unknown>('invoice', OPTIONS, () => 'again');
  for (const [who, result] of Object.entries({ first, second }))
    void result.then(
      () => told.push(who),
      () => told.push(`not ${who}`),
    );
  const written = () => redis.admin.exists(`hf1:${namespace}:{#once#invoice}:outcome`);
  await eventually(written);
  await always(() => told.length === 0, 600);
  await redis.heal();
  const both = await within(5_000, 'both', Promise.all([first, second]));
  expect(both).toEqual([{ number: 7 }, { number: 7 }]);
  expect(runs).toBe(1);
});
