/** A master of a cluster dies or freezes under load: its replica takes over, and so do we. */
import { expect, it, onTestFinished } from 'vitest';
import { hashSlot } from '../../../libs/core/src/redis/hash-slot.js';
import { eventually } from '../../support/eventually.js';
import { openHoldfast } from '../../support/holdfasts.js';
import { LockLoad } from '../../support/lock-load.js';
import { rounds } from '../../support/long.js';
import { uniqueNamespace } from '../../support/namespace.js';
import { startCluster } from '../../support/redis-cluster.js';

const NAMES = Array.from({ length: 60 }, (_, order) => `order-${order}`);
/** Carried by the last of the masters: the first is asked who carries what. */
const SLOT = 16_383;
/** The nodes of the test notice after two seconds, and need most of another two to agree. */
const RECOVERED_WITHIN_MS = 5_000;
/** When the machine was so busy that they needed longer, we need no longer than this. */
const BEHIND_THEM_MS = { SIGKILL: 1_000, SIGSTOP: 2_500 };

const signals = [
  ...Array.from({ length: rounds(1, 8) }, () => 'SIGKILL' as const),
  ...Array.from({ length: rounds(0, 8) }, () => 'SIGSTOP' as const),
];

it.each(signals)(
  '%s to a master: its names are granted again within five seconds, or soon after its replica took over; the others all the time',
  async (signal) => {
    const cluster = await startCluster();
    onTestFinished(() => cluster.stop());
    const namespace = uniqueNamespace();
    const instances = await Promise.all(
      [0, 1].map(() => openHoldfast({ cluster: cluster.seeds }, { namespace })),
    );
    const load = new LockLoad(instances, { names: NAMES, perSecond: 200, waitMs: 10_000 });
    await eventually(() => load.grantedSince(0));
    const victim = await cluster.masterOf(SLOT);
    const carriers = await Promise.all(NAMES.map((name) => cluster.masterOf(hashSlot(name))));
    const orphaned = NAMES.filter((_, name) => carriers[name] === victim);
    const others = NAMES.filter((_, name) => carriers[name] !== victim);
    const killedAt = performance.now();
    await victim.server.kill(signal);
    await eventually(() => load.grantedSince(killedAt + 500, others), { withinMs: 2_000 });
    const promoted = eventually(async () => (await cluster.masterOf(SLOT)) !== victim, { withinMs: 15_000 });
    const promotedMs = promoted.then(() => performance.now() - killedAt);
    await eventually(() => load.grantedSince(killedAt + 500, orphaned), { withinMs: 15_000 });
    const recoveredMs = performance.now() - killedAt;
    await eventually(() => load.grantedSince(killedAt + recoveredMs));
    if (signal === 'SIGSTOP') await victim.server.kill('SIGCONT');
    const tally = await load.stop();
    const knownMs = await promotedMs;
    const times = `a new master after ${Math.round(knownMs)} ms, all names after ${Math.round(recoveredMs)} ms`;
    console.log(`${signal}: ${times}: ${JSON.stringify(tally)}`);
    expect(recoveredMs).toBeLessThanOrEqual(Math.max(RECOVERED_WITHIN_MS, knownMs + BEHIND_THEM_MS[signal]));
    expect(tally).toMatchObject({ failures: {}, granted: tally.began });
  },
  60_000,
);
