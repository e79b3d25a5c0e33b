/** Options of a limiter, checked as a whole: one error lists every fault. */
import { faultsIn, LockConfigError } from '../errors.js';
import { identityOfKind, nameFault } from '../lease/lease-name.js';
import { show, unknownOption } from '../time/duration.js';
import type { ResolvedLimit } from './limit-store.js';
import { resolveLimit, type RateLimitRule } from './rate-limit-rule.js';
import type { RateLimiterOptions } from './rate-limiter-service.js';

/** A limiter, checked. */
export interface ResolvedLimiter {
  readonly name: string;
  /** What its identities begin with. */
  readonly escapedName: string;
  readonly limits: readonly ResolvedLimit[];
  readonly whenUnavailable: 'throw' | 'allow';
}

const MOST_LIMITS = 8;
const KNOWN: ReadonlySet<string> = new Set([
  'limits',
  'whenUnavailable',
] satisfies (keyof RateLimiterOptions)[]);

/** @throws LockConfigError */
export function resolveRateLimiter(name: string, options: RateLimiterOptions): ResolvedLimiter {
  const faults: string[] = [];
  const faultyName = nameFault(name, 'name');
  if (faultyName !== undefined) faults.push(faultyName);
  const limits = readLimits(options, faults);
  const { whenUnavailable = 'throw' } = options ?? {};
  for (const option of Object.keys(options ?? {}))
    if (!KNOWN.has(option)) faults.push(unknownOption(option, KNOWN));
  if (whenUnavailable !== 'throw' && whenUnavailable !== 'allow')
    faults.push(`whenUnavailable: ${show(whenUnavailable)} must be 'throw' or 'allow'`);
  if (faults.length > 0) throw new LockConfigError(`Limiter ${show(name)} cannot work`, faults);
  return { name, escapedName: identityOfKind('limiter', name), limits, whenUnavailable };
}

/** What is wrong with these options, in one sentence each; empty when nothing is. */
export function rateLimiterFaults(name: string, options: RateLimiterOptions): readonly string[] {
  return faultsIn(() => resolveRateLimiter(name, options));
}

function readLimits(options: RateLimiterOptions, faults: string[]): ResolvedLimit[] {
  const given: unknown = options?.limits;
  if (typeof given !== 'object' || given === null) {
    faults.push(`limits: ${show(given)} must be a limit or several, as { limit: 10, per: '1s' }`);
    return [];
  }
  const several = isList(options.limits);
  const list = several ? options.limits : [options.limits];
  if (list.length === 0 || list.length > MOST_LIMITS)
    faults.push(`limits: ${list.length} of them; there must be 1 to ${MOST_LIMITS}`);
  const found: ResolvedLimit[] = [];
  for (const [at, limit] of list.entries()) {
    const resolved = resolveLimit(limit);
    if ('kind' in resolved) found.push(resolved);
    else faults.push(...resolved.map((fault) => `limits${several ? `[${at}]` : ''}.${fault}`));
  }
  const spelled = new Set(found.map(({ kind, most, span, unit }) => [kind, most, span, unit].join()));
  if (spelled.size < found.length)
    faults.push('limits: one of them is there twice; it would count each request twice');
  return found;
}

function isList(limits: RateLimitRule | readonly RateLimitRule[]): limits is readonly RateLimitRule[] {
  return Array.isArray(limits);
}
