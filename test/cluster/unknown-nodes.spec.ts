/** A cluster of which little or nothing can be found out. */
import { expect, it, onTestFinished } from 'vitest';
import { within } from '../support/eventually.js';
import { freePort } from '../support/free-port.js';
import { openHoldfast, rejectionOf } from '../support/holdfasts.js';
import { ScriptedNode } from '../support/scripted-node.js';

const UNFULFILLED = { connectTimeout: 100, attemptTimeout: 200, preflight: 'off' } as const;

async function startNode(): Promise<ScriptedNode> {
  const node = await ScriptedNode.start(() => '*1\r\n:1');
  onTestFinished(() => node.stop());
  return node;
}

it('a seed that is dead is not missed while another one answers', async () => {
  const node = await startNode();
  const dead = { host: '127.0.0.1', port: await freePort() };
  const holdfast = await openHoldfast({ cluster: [dead, node.address] }, { preflight: 'refuse' });
  expect(await holdfast.health()).toMatchObject({ status: 'up' });
});

it('calls are refused and closing is prompt while no seed answers', async () => {
  const dead = { host: '127.0.0.1', port: await freePort() };
  const holdfast = await openHoldfast({ cluster: [dead] }, UNFULFILLED);
  const refused = await rejectionOf(holdfast.locks.acquire('order', { wait: 0 }));
  expect(refused).toMatchObject({ code: 'ERR_LOCK_UNAVAILABLE', condition: 'disconnected' });
  expect(await holdfast.health()).toMatchObject({ status: 'down', condition: 'disconnected' });
  await within(500, 'the end of an instance that knew nobody', holdfast.close(0));
});

it('a node stays where it says it is when natMap throws', async () => {
  const node = await startNode();
  const natMap = (): never => {
    throw new Error('natMap is broken');
  };
  const holdfast = await openHoldfast({ cluster: [node.address], natMap }, { preflight: 'refuse' });
  expect(await holdfast.health()).toMatchObject({ status: 'up' });
});
