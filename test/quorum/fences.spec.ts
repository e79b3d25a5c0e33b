/** Fences of a quorum grow strictly, grant for grant, while one server after the other is killed and comes back empty. */
import { quorum } from '@holdfast/core';
import { expect, it, onTestFinished } from 'vitest';
import { eventually } from '../support/eventually.js';
import { openHoldfast } from '../support/holdfasts.js';
import { rounds } from '../support/long.js';
import { uniqueNamespace } from '../support/namespace.js';
import { QuorumServers } from './support/quorum-servers.js';

const GRANTS = rounds(600, 10_000);
const RESTARTS = rounds(3, 30);
const NAMES = ['one', 'other'];

it(`over ${GRANTS} grants with ${RESTARTS} restarts`, { timeout: rounds(60_000, 600_000) }, async () => {
  const servers = await QuorumServers.start(3);
  onTestFinished(() => servers.stop());
  const namespace = uniqueNamespace();
  await servers.seat(namespace);
  const connection = quorum(servers.urls, { longestTtl: 300 });
  const options = { namespace, ttl: 300, attemptTimeout: 200, preflight: 'off' } as const;
  const instances = await Promise.all([0, 1].map(() => openHoldfast(connection, options)));
  const fences = new Map<string, number[]>(NAMES.map((name) => [name, []]));
  let granted = 0;
  let restarts = 0;
  const takeTurns = async (worker: number, name: string): Promise<void> => {
    while (granted < GRANTS) {
      await instances[Math.floor(worker / 2)]?.locks.run(name, { wait: '20s' }, ({ fence }) => {
        fences.get(name)?.push(fence);
        granted += 1;
      });
    }
  };
  const restartThem = async (): Promise<void> => {
    while (restarts < RESTARTS) {
      const due = ((restarts + 1) * GRANTS) / (RESTARTS + 1);
      await eventually(() => granted >= due, { withinMs: 60_000 });
      await servers.all[restarts % 3]?.restart({ empty: true });
      restarts += 1;
    }
  };
  await Promise.all(
    [...NAMES, ...NAMES].map((name, worker) => takeTurns(worker, name)).concat(restartThem()),
  );
  for (const seen of fences.values()) {
    expect(seen.length).toBeGreaterThan(GRANTS / 10);
    expect(seen.filter((fence, at) => fence <= (seen[at - 1] ?? 0))).toEqual([]);
  }
});
