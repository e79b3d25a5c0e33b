/** A master of a cluster is killed under load: its replica takes over, and so do we. */
import { expect, it, onTestFinished } from 'vitest';
import { hashSlot } from '../../libs/core/src/redis/hash-slot.js';
import { eventually } from '../support/eventually.js';
import { openHoldfast } from '../support/holdfasts.js';
import { LockLoad } from '../support/lock-load.js';
import { rounds } from '../support/long.js';
import { uniqueNamespace } from '../support/namespace.js';
import { startCluster } from '../support/redis-cluster.js';

const NAMES = Array.from({ length: 60 }, (_, order) => `order-${order}`);
/** The nodes of the test notice after two seconds, and need most of another two to agree. */
const RECOVERED_WITHIN_MS = 5_000;
/** When the machine was so busy that they needed longer, we need no longer than this. */
const BEHIND_THEM_MS = 1_000;

it.each(Array.from({ length: rounds(1, 10) }, (_, round) => round))(
  'names of a killed master are granted again within five seconds, the others all the time (round %i)',
  async () => {
    const cluster = await startCluster();
    onTestFinished(() => cluster.stop());
    const namespace = uniqueNamespace();
    const instances = await Promise.all(
      [0, 1].map(() => openHoldfast({ cluster: cluster.seeds }, { namespace })),
    );
    const load = new LockLoad(instances, { names: NAMES, perSecond: 200, waitMs: 10_000 });
    await eventually(() => load.grantedAt.size === NAMES.length);
    const victim = await cluster.masterOf(0);
    const carriers = await Promise.all(NAMES.map((name) => cluster.masterOf(hashSlot(name))));
    const orphaned = NAMES.filter((_, name) => carriers[name] === victim);
    const others = NAMES.filter((_, name) => carriers[name] !== victim);
    const killedAt = performance.now();
    await victim.server.kill('SIGKILL');
    const grantedSince = (at: number, names: readonly string[]): boolean =>
      names.every((name) => (load.grantedAt.get(name) ?? 0) > at);
    await eventually(() => grantedSince(killedAt + 500, others), { withinMs: 2_000 });
    const promoted = eventually(async () => (await cluster.masterOf(0)) !== victim, { withinMs: 15_000 });
    const promotedMs = promoted.then(() => performance.now() - killedAt);
    await eventually(() => grantedSince(killedAt + 500, orphaned), { withinMs: 15_000 });
    const recoveredMs = performance.now() - killedAt;
    await eventually(() => grantedSince(killedAt + recoveredMs, NAMES));
    const tally = await load.stop();
    const knownMs = await promotedMs;
    const times = `a new master after ${Math.round(knownMs)} ms, all names after ${Math.round(recoveredMs)} ms`;
    console.log(`${times}: ${JSON.stringify(tally)}`);
    expect(recoveredMs).toBeLessThanOrEqual(Math.max(RECOVERED_WITHIN_MS, knownMs + BEHIND_THEM_MS));
    expect(tally).toMatchObject({ failures: {}, granted: tally.began });
  },
  60_000,
);
