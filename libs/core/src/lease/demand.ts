/** What somebody wants of the engine. */

/** Some permits of a name that has several. */
export interface Share {
  readonly permits: number;
  /** How many there are. */
  readonly of: number;
}

/** What is asked for again and again, checked once. */
export interface LeaseTerms {
  readonly lockName: string;
  readonly ttlMs: number;
  /** For how long nobody is granted the lock after its holder was lost; 0 unless said. */
  readonly lockDelayMs?: number;
  readonly holdAtLeastMs: number;
  /** `Infinity` for no limit. */
  readonly holdAtMostMs: number;
  /** How long to stand in line; 0 not at all, `Infinity` for ever. */
  readonly waitMs: number;
  /** Where there are several permits, how many are wanted. */
  readonly share?: Share;
  /** Where what came of it is remembered: whose outcome is as good as a lease. */
  readonly outcomeOf?: 'anybody' | 'who-holds-it-now';
  /** Whether its holder is to send the fence along. */
  readonly fenced?: boolean;
  /** Meant to be held for as long as the process lives: nobody is warned of it, and no drain waits for it. */
  readonly endless?: boolean;
}

/**
 * How long the key lasts without a renewal: longer than its holder believes in it, where what the holder has sent off to
 * the resource shall arrive before anybody else is let in. (Burrows, "The Chubby lock service", OSDI 2006, section 2.4.)
 */
export function keyTtlMs({ ttlMs, lockDelayMs = 0 }: Pick<LeaseTerms, 'ttlMs' | 'lockDelayMs'>): number {
  return ttlMs + lockDelayMs;
}

/** Whether nobody shall be let in for a while when the holder is lost. */
export function delaysNext({ lockDelayMs = 0 }: Pick<LeaseTerms, 'lockDelayMs'>): boolean {
  return lockDelayMs > 0;
}

/** A checked request for a lease. */
export interface Demand {
  readonly terms: LeaseTerms;
  readonly identity: string;
  readonly signal: AbortSignal | undefined;
}
