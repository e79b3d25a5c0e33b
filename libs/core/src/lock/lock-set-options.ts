/** Options of several locks that are taken together, checked as a whole: one error lists every fault. */
import { faultsIn, LockConfigError } from '../errors.js';
import { callFaults, type GuardTerms } from '../guarded/guard-terms.js';
import { identityBelow } from '../lease/lease-name.js';
import { show, TTL_RULE, unknownOption } from '../time/duration.js';
import { resolveLockOptions, type LockDefaults } from './lock-options.js';
import type { LockTarget, RunAllOptions, RunOptions } from './lock-service.js';

/** One of them, checked. */
export interface SetMember {
  readonly terms: GuardTerms;
  readonly identity: string;
}

/** All of them, checked. */
export interface ResolvedSet {
  /** Each once, in the order in which everybody takes them: by their identities. */
  readonly members: readonly SetMember[];
  /** For each that was asked for, which of the members it is. */
  readonly asked: readonly number[];
  readonly waitMs: number;
  readonly signal: AbortSignal | undefined;
}

/** What one server is asked for in one step at most. */
const MOST = 128;

const OF_ALL: ReadonlySet<string> = new Set([
  'ttl',
  'wait',
  'signal',
  'lockDelay',
  'holdAtMost',
  'durability',
  'whenLost',
] satisfies (keyof RunAllOptions)[]);
const OF_ONE: ReadonlySet<string> = new Set(['name', 'key', 'mode']);

/** @throws LockConfigError */
export function resolveLockSet(
  targets: readonly LockTarget[],
  options: RunAllOptions,
  defaults: LockDefaults,
): ResolvedSet {
  const faults = [...setFaults(targets, options), ...callFaults(undefined, options.signal)];
  const found: SetMember[] = [];
  if (Array.isArray(targets)) {
    for (const [at, target] of targets.entries()) {
      const member = memberOf(target, options, defaults);
      if (Array.isArray(member)) faults.push(...member.map((fault) => `targets[${at}]: ${fault}`));
      else found.push(member);
    }
  }
  const [first] = found;
  if (faults.length > 0 || first === undefined)
    throw new LockConfigError('Several locks cannot be taken', [...new Set(faults)]);
  return inOrder(found, first.terms.waitMs, options.signal);
}

/**
 * What is wrong with several locks that are to be taken together, in one sentence each; empty when nothing is. For
 * whoever stands in for a `LockService`.
 */
export function lockSetFaults(targets: readonly LockTarget[], options: RunAllOptions): readonly string[] {
  const defaults = { ttlMs: TTL_RULE.leastMs, waitMs: 0 };
  return faultsIn(() => resolveLockSet(targets, options, defaults));
}

function inOrder(found: readonly SetMember[], waitMs: number, signal: AbortSignal | undefined): ResolvedSet {
  const byIdentity = new Map<string, SetMember>();
  for (const member of found) {
    const before = byIdentity.get(member.identity);
    // Who wants to read it and to write it, writes.
    if (before === undefined || before.terms.reading === true) byIdentity.set(member.identity, member);
  }
  // By their UTF-16 units: the same order in every process, whatever its locale is.
  const identities = [...byIdentity.keys()].toSorted((a, b) => (a < b ? -1 : 1));
  const members = identities.flatMap((identity) => byIdentity.get(identity) ?? []);
  const asked = found.map(({ identity }) => identities.indexOf(identity));
  return { members, asked, waitMs, signal };
}

function setFaults(targets: unknown, options: RunAllOptions): string[] {
  const unknown = Object.keys(options).filter((option) => !OF_ALL.has(option));
  const faults = unknown.map((option) => unknownOption(option, OF_ALL));
  if (!Array.isArray(targets))
    faults.push(`targets: ${show(targets)} must be an array of names or { name, key, mode }`);
  else if (targets.length === 0) faults.push('targets: an empty array must name a lock at least');
  else if (targets.length > MOST)
    faults.push(`targets: ${targets.length} locks; there may be ${MOST} at most`);
  return faults;
}

/** What one of them is, or what is wrong with it. */
function memberOf(target: LockTarget, options: RunAllOptions, defaults: LockDefaults): SetMember | string[] {
  if (typeof target !== 'string' && (typeof target !== 'object' || target === null))
    return [`${show(target)} must be a name or { name, key, mode }`];
  const { name, key, mode } = typeof target === 'string' ? { name: target } : target;
  const unknown =
    typeof target === 'string' ? [] : Object.keys(target).filter((option) => !OF_ONE.has(option));
  const own: RunOptions = { ...options, ...(mode === undefined ? {} : { mode }) };
  let terms: GuardTerms | undefined;
  const faults = [
    ...unknown.map((option) => unknownOption(option, OF_ONE)),
    ...faultsIn(() => void (terms = resolveLockOptions(name, own, defaults))),
    ...callFaults(key, undefined),
  ];
  if (faults.length > 0 || terms === undefined) return faults;
  return { terms, identity: identityBelow(terms.escapedName, key) };
}
