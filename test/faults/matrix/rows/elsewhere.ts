/** Rows that other tests hold, and rows about what does not exist yet. */
import type { RowElsewhere, RowNotBuilt } from '../row.js';

export const rowsElsewhere: readonly (RowElsewhere | RowNotBuilt)[] = [
  {
    kind: 'elsewhere',
    id: 'F15',
    fault: 'a renewal in flight while the release runs, simulated in every order',
    holds: 'the key is never resurrected',
    heldBy: [
      'test/simulation/renewal-and-release.spec.ts',
      'test/integration/protocol/renewal-release.spec.ts',
    ],
  },
  {
    kind: 'elsewhere',
    id: 'F28',
    fault: 'Sentinel: the link to the replica is a black hole, acquire with `replicas: 1`, kill the primary',
    holds: 'the acquire is refused; without the option two may hold, but A holds',
    heldBy: ['test/cluster/replicas-failover.spec.ts', 'test/faults/failover/sentinel.spec.ts'],
  },
  {
    kind: 'elsewhere',
    id: 'F29',
    fault: 'Sentinel: WAIT in flight at the failover',
    holds: 'treated as unsynced, for the epoch changed',
    heldBy: ['test/cluster/replicas-failover.spec.ts'],
  },
  {
    kind: 'elsewhere',
    id: 'F30',
    fault: 'Sentinel: SIGSTOP the primary, then SIGCONT',
    holds: 'the holder stops by its deadline; with min-replicas no second grant on the old primary',
    heldBy: ['test/cluster/replicas-failover.spec.ts', 'test/faults/failover/sentinel.spec.ts'],
  },
  {
    kind: 'elsewhere',
    id: 'F31',
    fault: 'Cluster 3+3: slots move under load; a master is killed',
    holds: 'no CROSSSLOT; kept if the move is shorter than the TTL; recovers within 5 s',
    heldBy: ['test/cluster/slot-migration.spec.ts', 'test/faults/failover/cluster.spec.ts'],
  },
  {
    kind: 'elsewhere',
    id: 'F32',
    fault: 'quorum: 1 of 3 and of 5 dead, cut off, slow, restarted empty; two partial winners',
    holds: 'majority rule; partial grants are released',
    heldBy: ['test/faults/quorum.spec.ts', 'test/quorum/lock-contract.spec.ts'],
  },
  {
    kind: 'not built yet',
    id: 'F38',
    fault: 'several locks in one call: none, doubles, reversed orders from 20 processes',
    holds: 'none is refused; no deadlock',
  },
  {
    kind: 'elsewhere',
    id: 'F40',
    fault: '`ttl` and `wait` of 0, −1, NaN, ±∞, 1.5, "5", 2³¹, 2⁵³ and whatever a generator thinks of',
    holds: '`LockConfigError` before anything is sent',
    heldBy: ['libs/core/src/time/duration.spec.ts', 'libs/core/src/holdfast-options.spec.ts'],
  },
  {
    kind: 'not built yet',
    id: 'F43',
    fault:
      'the dashboard: unauthenticated requests, a name that is a script, force-release with a stale fence',
    holds: '401 or 403; escaped; refused',
  },
  {
    kind: 'elsewhere',
    id: 'F45',
    fault: 'the simulation: thousands of seeds, and bugs planted in the engine',
    holds: 'no violation; every planted bug is found',
    heldBy: ['test/simulation', 'docs/simulation.md'],
  },
  {
    kind: 'elsewhere',
    id: 'F46',
    fault: 'the model: every order of events, with each rule and without it',
    holds: 'what must hold holds, what must be violated is',
    heldBy: ['test/model', 'docs/model.md'],
  },
];
