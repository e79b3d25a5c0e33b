/** A primary under sentinels dies or freezes under load: one of its replicas takes over, and so do we. */
import { expect, it, onTestFinished } from 'vitest';
import { eventually } from '../../support/eventually.js';
import { openHoldfast } from '../../support/holdfasts.js';
import { LockLoad } from '../../support/lock-load.js';
import { rounds } from '../../support/long.js';
import { uniqueNamespace } from '../../support/namespace.js';
import { startSentinels } from '../../support/redis-sentinel.js';

const NAMES = Array.from({ length: 20 }, (_, order) => `order-${order}`);

/** Every day the harder one: the old primary says nothing, and wakes up again. */
const signals = [
  ...Array.from({ length: rounds(1, 10) }, () => 'SIGSTOP' as const),
  ...Array.from({ length: rounds(0, 10) }, () => 'SIGKILL' as const),
];

it.each(signals)(
  'all names are granted again by the new primary, and nobody writes with an old fence: %s',
  async (signal) => {
    const set = await startSentinels();
    onTestFinished(() => set.stop());
    const namespace = uniqueNamespace();
    const instances = await Promise.all([0, 1].map(() => openHoldfast(set.connection, { namespace })));
    const load = new LockLoad(instances, { names: NAMES, perSecond: 100, waitMs: 15_000 });
    await eventually(() => load.grantedSince(0));
    const primary = await set.primary();
    const killedAt = performance.now();
    await primary.kill(signal);
    const promoted = eventually(async () => (await set.primary()) !== primary, { withinMs: 15_000 });
    const promotedMs = promoted.then(() => performance.now() - killedAt);
    await eventually(() => load.grantedSince(killedAt + 500), { withinMs: 15_000 });
    const recoveredMs = performance.now() - killedAt;
    if (signal === 'SIGSTOP') await primary.kill('SIGCONT');
    await eventually(() => load.grantedSince(performance.now() - 1_000));
    const tally = await load.stop();
    const times = `a new primary after ${Math.round(await promotedMs)} ms, all names after ${Math.round(recoveredMs)} ms`;
    console.log(`${signal}: ${times}: ${JSON.stringify(tally)}`);
    expect(tally).toMatchObject({ failures: {}, granted: tally.began });
  },
  60_000,
);
