/** One limit, as it is written down, and what the store is told of it. */
import { checkDuration, show, unknownOption, type Duration } from '../time/duration.js';
import type { ResolvedLimit } from './limit-store.js';

/**
 * So many in so long. What "in so long" means is the algorithm's:
 *
 * `gcra`: evenly, and `burst` of them at once where nothing came before; in any time T at most `burst` + rate × T. One
 * number a key. `token-bucket`: the same promise, with a bucket that `capacity` fits into and that `refill` come into
 * every `per`. `sliding-window-log`: never more than `limit` in any window, exactly; an entry for each request.
 * `sliding-window-counter`: about that, from two counts; never more than `limit` in an aligned window, and never more than
 * twice that in any. `fixed-window`: `limit` in each window of the clock, so up to twice that around its edge.
 */
export type RateLimitRule =
  | {
      /** @defaultValue 'gcra' */
      readonly algorithm?: 'gcra';
      readonly limit: number;
      readonly per: Duration;
      /** How many may pass at once. @defaultValue `limit` */
      readonly burst?: number;
    }
  | {
      readonly algorithm: 'token-bucket';
      readonly capacity: number;
      readonly refill: number;
      readonly per: Duration;
    }
  | {
      readonly algorithm: 'fixed-window' | 'sliding-window-counter' | 'sliding-window-log';
      readonly limit: number;
      readonly per: Duration;
    };

type Algorithm = NonNullable<RateLimitRule['algorithm']>;

const OPTIONS: Readonly<Record<Algorithm, readonly string[]>> = {
  gcra: ['algorithm', 'limit', 'per', 'burst'],
  'token-bucket': ['algorithm', 'capacity', 'refill', 'per'],
  'fixed-window': ['algorithm', 'limit', 'per'],
  'sliding-window-counter': ['algorithm', 'limit', 'per'],
  'sliding-window-log': ['algorithm', 'limit', 'per'],
};

const MOST = 1_000_000_000;
/** Each is an entry of some 80 bytes for each key. */
const MOST_LOGGED = 10_000;
const PER_RULE = { leastMs: 1, mostMs: 400 * 86_400_000 } as const;
/** A product beyond it would not be whole any more. */
const EXACT = 2 ** 53;

const isAlgorithm = (value: unknown): value is Algorithm =>
  typeof value === 'string' && Object.hasOwn(OPTIONS, value);

/** What one limit is, or what is wrong with it, in a sentence each. */
export function resolveLimit(limit: RateLimitRule): ResolvedLimit | readonly string[] {
  if (typeof limit !== 'object' || limit === null)
    return [`${show(limit)} must be a limit, as { limit: 10, per: '1s' }`];
  const { algorithm = 'gcra' } = limit;
  if (!isAlgorithm(algorithm))
    return [`algorithm: ${show(algorithm)} must be one of ${Object.keys(OPTIONS).join(', ')}`];
  const known = new Set(OPTIONS[algorithm]);
  const faults = Object.keys(limit)
    .filter((option) => !known.has(option))
    .map((option) => unknownOption(option, known));
  const per = checkDuration(limit.per, { option: 'per', ...PER_RULE });
  if (!per.ok) faults.push(per.fault);
  const reading = { perMs: per.ok ? per.ms : PER_RULE.leastMs, faults };
  const resolved = isBucket(limit) ? bucket(limit, reading) : counted(limit, reading);
  return faults.length > 0 ? faults : resolved;
}

interface Reading {
  readonly perMs: number;
  readonly faults: string[];
}

type Bucket = Extract<RateLimitRule, { readonly algorithm: 'token-bucket' }>;

const isBucket = (limit: RateLimitRule): limit is Bucket => limit.algorithm === 'token-bucket';

function bucket({ capacity, refill }: Bucket, { perMs, faults }: Reading): ResolvedLimit {
  addCountFaults(faults, { capacity, refill });
  const perMicros = perMs * 1_000;
  const shared = divisorOf(refill, perMicros);
  const [span, unit] = [refill / shared, perMicros / shared];
  const rate = `a refill of ${show(refill)} a ${perMs} ms`;
  if (capacity * unit > EXACT)
    faults.push(`capacity: ${show(capacity)} cannot be counted exactly with ${rate}`);
  if (perMs * (capacity / refill) > PER_RULE.mostMs)
    faults.push(`capacity: ${show(capacity)} takes more than 400 days to fill with ${rate}`);
  return { kind: 'bucket', most: capacity, perMs, quantity: refill, span, unit };
}

type Counted = Exclude<RateLimitRule, Bucket>;

function counted(given: Counted, { perMs, faults }: Reading): ResolvedLimit {
  const { limit, algorithm = 'gcra' } = given;
  addCountFaults(faults, { limit }, algorithm === 'sliding-window-log' ? MOST_LOGGED : MOST);
  const of = { most: limit, perMs, quantity: limit, unit: 0 };
  switch (algorithm) {
    case 'gcra':
      return evenly(given, { perMs, faults });
    case 'sliding-window-counter':
      if (limit * perMs > EXACT)
        faults.push(`limit: ${show(limit)} in ${perMs} ms cannot be counted exactly`);
      return { ...of, kind: 'counter', span: perMs };
    case 'sliding-window-log':
      return { ...of, kind: 'log', span: perMs * 1_000 };
    case 'fixed-window':
      return { ...of, kind: 'fixed', span: perMs * 1_000 };
  }
}

/** The time between two is rounded up to a microsecond: rather a little less than promised than more. */
function evenly(given: Counted, { perMs, faults }: Reading): ResolvedLimit {
  const { limit } = given;
  const burst = 'burst' in given ? (given.burst ?? limit) : limit;
  if (burst !== limit) addCountFaults(faults, { burst });
  const span = Math.ceil((perMs * 1_000) / limit);
  if (Number.isFinite(span) && (burst * span) / 1_000 > PER_RULE.mostMs)
    faults.push(`burst: ${show(burst)} at ${show(limit)} a ${perMs} ms reaches further than 400 days`);
  return { kind: 'gcra', most: burst, perMs, quantity: limit, span, unit: 0 };
}

function addCountFaults(faults: string[], counts: Readonly<Record<string, unknown>>, most = MOST): void {
  for (const [option, value] of Object.entries(counts)) {
    const isCount = typeof value === 'number' && Number.isInteger(value) && value >= 1 && value <= most;
    if (!isCount) faults.push(`${option}: ${show(value)} must be an integer from 1 to ${most}`);
  }
}

/** The greatest number that divides both (Euclid, Elements VII, 2); 1 where they are no counts. */
function divisorOf(a: number, b: number): number {
  let [large, small] = [a, b];
  while (small >= 1) [large, small] = [small, large % small];
  return large >= 1 ? large : 1;
}
