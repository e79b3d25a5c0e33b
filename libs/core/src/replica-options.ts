/** The option `replicas`: what is asked for, and what of it cannot work. */
import { knowsReplicas } from './redis/connection-faults.js';
import { isQuorum } from './redis/quorum-connection.js';
import { NOBODY_KNOWS, type ReplicaTerms } from './redis/wanted-replicas.js';
import { checkDuration, show, unknownOption, type Duration } from './time/duration.js';

/** A grant and every renewal count only when so many replicas have them. */
export interface ReplicaOptions {
  /**
   * How many. `'all'` is as many as the sentinels, or the map of the cluster, have told of at most since the start: it
   * does not become fewer when one is away.
   */
  readonly atLeast: number | 'all';
  /** How long that may take, at most a third of `attemptTimeout` and a sixth of `ttl`. What took longer does not count. */
  readonly within: Duration;
  /**
   * Whether they, and the primary, must have it on disk. Needs Redis 7.2 with `appendonly yes`, and for answers in time
   * `appendfsync always`. @defaultValue false
   */
  readonly fsynced?: boolean;
}

/** What the option is held against. */
export interface ReplicaSetting {
  readonly connection: unknown;
  readonly ttlMs: number;
  readonly attemptTimeoutMs: number;
}

const KNOWN: ReadonlySet<string> = new Set([
  'atLeast',
  'within',
  'fsynced',
] satisfies (keyof ReplicaOptions)[]);

/** A connection on which nothing was answered for five seconds is replaced. */
const LONGEST_MS = 3_000;

/** Checks and fills in; what is wrong is added to `faults`. */
export function resolveReplicas(
  given: unknown,
  setting: ReplicaSetting,
  faults: string[],
): ReplicaTerms | undefined {
  if (given === undefined) return undefined;
  if (typeof given !== 'object' || given === null) {
    faults.push(`replicas: ${show(given)} must be { atLeast, within }`);
    return undefined;
  }
  for (const option of Object.keys(given))
    if (!KNOWN.has(option)) faults.push(`replicas.${unknownOption(option, KNOWN)}`);
  const { atLeast, within, fsynced = false }: Partial<Record<string, unknown>> = { ...given };
  if (typeof fsynced !== 'boolean') faults.push(`replicas.fsynced: ${show(fsynced)} must be true or false`);
  return {
    atLeast: readAtLeast(atLeast, setting.connection, faults),
    withinMs: readWithin(within, setting, faults),
    fsynced: fsynced === true,
  };
}

function readAtLeast(value: unknown, connection: unknown, faults: string[]): number | 'all' {
  const knows = isQuorum(connection) ? 'has-none' : knowsReplicas(connection);
  if (knows === 'has-none')
    faults.push('replicas: must not be given with embedded() or a quorum, which have no replicas');
  else if (value === 'all' && knows === 'no') faults.push(NOBODY_KNOWS);
  if (value === 'all') return value;
  if (typeof value === 'number' && Number.isInteger(value) && value >= 1) return value;
  faults.push(`replicas.atLeast: ${show(value)} must be a whole number, 1 or more, or 'all'`);
  return 1;
}

function readWithin(value: unknown, { ttlMs, attemptTimeoutMs }: ReplicaSetting, faults: string[]): number {
  const read = checkDuration(value, { option: 'replicas.within' });
  if (!read.ok) {
    faults.push(read.fault);
    return 1;
  }
  const bounds: readonly (readonly [number, string])[] = [
    [Math.floor(attemptTimeoutMs / 3), `a third of attemptTimeout (${attemptTimeoutMs} ms)`],
    [Math.floor(ttlMs / 6), `a sixth of ttl (${ttlMs} ms)`],
    [LONGEST_MS, 'whatever the others are'],
  ];
  for (const [mostMs, rule] of bounds)
    if (read.ms > mostMs)
      faults.push(`replicas.within: ${show(value)} must be at most ${mostMs} ms, ${rule}`);
  return read.ms;
}
