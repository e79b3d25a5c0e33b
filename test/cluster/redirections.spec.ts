/** What nodes say in unlucky moments, from nodes that say what they are told to. */
import { expect, it, onTestFinished } from 'vitest';
import { ClusterHost } from '../../libs/core/src/redis/cluster-host.js';
import { planOf } from '../../libs/core/src/redis/cluster-connection.js';
import { leaseInspect } from '../../libs/core/src/redis/scripts.generated.js';
import { always, eventually, within } from '../support/eventually.js';
import { rejectionOf } from '../support/holdfasts.js';
import { ScriptedNode, type Answer } from '../support/scripted-node.js';

const CALL = { script: leaseInspect, keys: ['hf1:shop:{order}:lock'], args: [] };
const DONE = '*1\r\n:1';

async function startNode(answer: Answer): Promise<ScriptedNode> {
  const node = await ScriptedNode.start(answer);
  onTestFinished(() => node.stop());
  return node;
}

async function openHost({ address }: ScriptedNode): Promise<ClusterHost> {
  const context = { namespace: 'shop', report: () => undefined };
  const host = new ClusterHost(planOf({ cluster: [address] }), context);
  onTestFinished(() => host.close(100));
  await host.whenUp(2_000);
  expect(host.trouble).toBeUndefined();
  return host;
}

/** `-MOVED` to another node. */
function movedTo(node: ScriptedNode | undefined): string {
  return `-MOVED 1 ${node?.address.host}:${node?.address.port}`;
}

it.each(['', '?'])('a node that is called "%s" has the host of the one that says so', async (unknown) => {
  const target = await startNode(() => DONE);
  const source = await startNode(() => `-MOVED 1 ${unknown}:${target.address.port}`);
  const host = await openHost(source);
  expect(await host.run(CALL)).toMatchObject({ reply: [1] });
  expect([source.scripts, target.scripts]).toEqual([1, 1]);
});

it('a node that says that the cluster is down is in doubt: who carries what is asked again', async () => {
  const node = await startNode(({ asked }) => (asked === 1 ? '-CLUSTERDOWN The cluster is down' : DONE));
  const host = await openHost(node);
  await eventually(() => node.mapReadings >= 1);
  const before = node.mapReadings;
  expect(await rejectionOf(host.run(CALL))).toMatchObject({ condition: 'cluster-down' });
  await eventually(() => node.mapReadings > before, { withinMs: 1_000 });
  expect(await host.run(CALL)).toMatchObject({ reply: [1] });
});

it('a call that is still sent on when the host is closed ends, and opens no connection any more', async () => {
  const late = await startNode(() => DONE);
  const pointingAtEachOther: ScriptedNode[] = [];
  const [one, other] = await Promise.all([
    startNode(({ asked }) => movedTo(asked < 3 ? pointingAtEachOther[1] : late)),
    startNode(() => movedTo(pointingAtEachOther[0])),
  ]);
  pointingAtEachOther.push(one, other);
  const host = await openHost(one);
  const outcome = rejectionOf(host.run(CALL));
  // So often round means a pause before the next hop, which would lead to the late one.
  await eventually(() => one.scripts === 3, { everyMs: 1 });
  await host.close(100);
  expect(await outcome).toMatchObject({ condition: 'disconnected' });
  await always(() => late.connections === 0, 200);
});

it('calls of a name that can be served nowhere end when their own time is over, not one after the other', async () => {
  const node = await startNode(() => '-TRYAGAIN Multiple keys request during rehashing of slot');
  const host = await openHost(node);
  const refused = [1, 2, 3].map(() => rejectionOf(host.run(CALL)));
  const all = await within(7_500, 'calls that are told to try again for ever', Promise.all(refused));
  expect(all).toEqual(refused.map(() => expect.objectContaining({ condition: 'cluster-down' })));
});

it('a node that takes over a slot and falls silent is given up like any other, and so are the calls it was asked for', async () => {
  const heir = await startNode(({ asked }) => (asked === 1 ? DONE : undefined));
  const source = await startNode(() => `-ASK 1 ${heir.address.host}:${heir.address.port}`);
  const host = await openHost(source);
  expect(await host.run(CALL)).toMatchObject({ reply: [1] });
  const answeredAt = performance.now();
  // By then nobody looks any more whether the greeting of the new connection was answered.
  await eventually(() => performance.now() - answeredAt > 1_500);
  const refused = rejectionOf(host.run(CALL));
  // Like anybody who is silent for five seconds, and up to one more.
  expect(await within(7_000, 'a call that is never answered', refused)).toMatchObject({
    condition: 'disconnected',
  });
});
