/** What is drawn from a seed before it runs: how large the world is, what it is like, and what goes wrong in it. */
import type { Latency } from './link.js';
import { LEAST_SLEEP_MS } from './machine.js';
import { Prng } from './prng.js';

export type Fault =
  | { readonly kind: 'pause' | 'sleep'; readonly process: number; readonly forMs: number }
  | {
      readonly kind: 'partition';
      readonly process: number;
      readonly forMs: number;
      readonly toServer: boolean;
      readonly toClient: boolean;
      readonly ends: 'heal' | 'reset';
    }
  | {
      /** A partition, and soon after it another one: what came through in between is all there is. */
      readonly kind: 'flapping';
      readonly process: number;
      readonly forMs: number;
      readonly gapMs: number;
      readonly againMs: number;
    }
  | { readonly kind: 'reset' | 'kill' | 'leave'; readonly process: number }
  | { readonly kind: 'wall-clock'; readonly process: number; readonly byMs: number }
  | { readonly kind: 'script-flush' }
  | { readonly kind: 'restart-empty'; readonly forMs: number }
  | { readonly kind: 'failover'; readonly lagMs: number; readonly forMs: number; readonly clockMs: number }
  | { readonly kind: 'server-clock'; readonly byMs: number };

export type PlannedFault = Fault & { readonly at: number };

export interface Plan {
  readonly durationMs: number;
  readonly processes: number;
  readonly actors: number;
  readonly lockNames: readonly [string, ...string[]];
  readonly ttlMs: number;
  readonly attemptTimeoutMs: number;
  readonly latency: Latency;
  readonly repeats: number;
  readonly inOrder: boolean;
  readonly faults: readonly PlannedFault[];
  /** Nothing happens that a lease could be lost by, or a grant held up. */
  readonly calm: boolean;
}

/** Less than two clocks may drift apart in the time of a lease; that of the server is right. */
export const MOST_DRIFT = 0.008;
const HARMLESS: ReadonlySet<Fault['kind']> = new Set(['wall-clock', 'script-flush', 'leave', 'kill']);

export function planOf(prng: Prng): Plan {
  const durationMs = prng.whole(2_000, 5_000);
  const processes = prng.whole(2, 3);
  const calmNetwork = prng.chance(0.3);
  const ttlMs = prng.pick([300, 500, 800, 1_200]);
  const faults = faultsFor(prng, { durationMs, processes, ttlMs });
  return {
    durationMs,
    processes,
    actors: prng.whole(1, 2),
    lockNames: prng.chance(0.7) ? ['order'] : ['order', 'stock'],
    ttlMs,
    attemptTimeoutMs: prng.pick([150, 300, 600]),
    latency: latencyOf(prng, calmNetwork, ttlMs),
    repeats: calmNetwork ? 0 : prng.pick([0, 0.02, 0.1]),
    inOrder: prng.chance(0.75),
    faults,
    calm: calmNetwork && faults.every(({ kind }) => HARMLESS.has(kind)),
  };
}

function latencyOf(prng: Prng, calm: boolean, ttlMs: number): Latency {
  const usualMs = prng.pick([1, 3, 8]);
  if (calm) return { usualMs, slowMs: usualMs, slowShare: 0 };
  return { usualMs, slowMs: ttlMs * prng.pick([0.2, 0.6, 1.5]), slowShare: prng.pick([0, 0.02, 0.1]) };
}

interface World {
  readonly durationMs: number;
  readonly processes: number;
  readonly ttlMs: number;
}

function faultsFor(prng: Prng, world: World): PlannedFault[] {
  const kinds: Fault['kind'][] = prng.chance(0.2)
    ? ['wall-clock', 'script-flush']
    : [
        'pause',
        'pause',
        'sleep',
        'partition',
        'flapping',
        'reset',
        'reset',
        'kill',
        'leave',
        'wall-clock',
        'script-flush',
      ];
  // Mutual exclusion is not promised behind these: most seeds go without.
  if (prng.chance(0.25)) kinds.push('restart-empty', 'failover', 'failover', 'server-clock');
  const [first = 'pause', ...others] = kinds;
  const faults = Array.from({ length: prng.whole(0, 8) }, () => {
    const at = prng.between(200, world.durationMs * 0.85);
    return { at, ...draw(prng.pick([first, ...others]), prng, world) };
  });
  // A server that has lost its counters needs a clock that was not set back; see docs/guarantees.md.
  const losesData = faults.some(({ kind }) => kind === 'failover' || kind === 'restart-empty');
  return losesData ? faults.filter((fault) => fault.kind !== 'server-clock' || fault.byMs > 0) : faults;
}

function draw(kind: Fault['kind'], prng: Prng, { processes, ttlMs }: World): Fault {
  const process = prng.whole(0, processes - 1);
  const forMs = ttlMs * prng.pick([0.2, 0.5, 1.1, 2.5]) * prng.between(0.8, 1.2);
  switch (kind) {
    case 'pause':
      return { kind, process, forMs };
    case 'sleep':
      return { kind, process, forMs: Math.max(forMs, LEAST_SLEEP_MS) };
    case 'partition': {
      const holdsUp = prng.pick(['both', 'requests', 'replies']);
      const [toServer, toClient] = [holdsUp !== 'replies', holdsUp !== 'requests'];
      return { kind, process, forMs, toServer, toClient, ends: prng.pick(['heal', 'reset']) };
    }
    case 'flapping':
      return {
        ...{ kind, process, forMs: ttlMs * prng.between(0.05, 0.6) },
        ...{ gapMs: ttlMs * prng.between(0.02, 0.2), againMs: ttlMs * prng.between(1, 2) },
      };
    case 'reset':
    case 'kill':
    case 'leave':
      return { kind, process };
    case 'wall-clock':
      return { kind, process, byMs: prng.pick([-60_000, -1_000, 1_000, 60_000]) };
    default:
      return drawForServer(kind, prng, ttlMs);
  }
}

type ServerFault = Exclude<Fault, { process: number }>;

function drawForServer(kind: ServerFault['kind'], prng: Prng, ttlMs: number): ServerFault {
  switch (kind) {
    case 'script-flush':
      return { kind };
    case 'restart-empty':
      return { kind, forMs: prng.between(20, 300) };
    case 'failover': {
      const [lagMs, forMs] = [prng.between(1, ttlMs), prng.between(50, 400)];
      return { kind, lagMs, forMs, clockMs: prng.between(-40, 200) };
    }
    case 'server-clock':
      return { kind, byMs: prng.pick([-400, 400, 5_000]) };
  }
}
