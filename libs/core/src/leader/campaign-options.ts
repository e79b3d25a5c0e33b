/** Options of a campaign, checked as a whole: one error lists every fault. */
import { faultsIn, LockConfigError } from '../errors.js';
import { identityOfKind, nameFault } from '../lease/lease-name.js';
import { durationReader, show, TTL_RULE, unknownOption, type DurationLimits } from '../time/duration.js';
import type { CampaignOptions } from './leader-service.js';

/** What a candidate campaigns with. */
export interface CampaignTerms {
  readonly election: string;
  readonly identity: string;
  readonly ttlMs: number;
  readonly preferred: boolean;
}

const KNOWN: ReadonlySet<string> = new Set([
  'ttl',
  'preferred',
  'signal',
] satisfies (keyof CampaignOptions)[]);

/** What applies when neither the caller nor another campaign of this process says anything. */
export interface CampaignDefaults {
  readonly ttlMs: number;
  readonly preferred: boolean;
  /** What a ttl has to be where that is more than usual. */
  readonly ttlRule?: DurationLimits;
  /** Why no candidate can be preferred, if so. */
  readonly unpreferable?: string | undefined;
}

/** @throws LockConfigError that lists every fault */
export function resolveCampaign(
  election: string,
  options: CampaignOptions,
  defaults: CampaignDefaults,
): CampaignTerms {
  const faults = [nameFault(election, 'election')].filter((fault) => fault !== undefined);
  for (const option of Object.keys(options)) {
    if (!KNOWN.has(option)) faults.push(unknownOption(option, KNOWN));
  }
  const { preferred = defaults.preferred, signal } = options;
  if (typeof preferred !== 'boolean') faults.push(`preferred: ${show(preferred)} must be true or false`);
  if (preferred && defaults.unpreferable !== undefined)
    faults.push(`preferred: true must be left out; ${defaults.unpreferable}`);
  if (signal !== undefined && !(signal instanceof AbortSignal))
    faults.push(`signal: ${show(signal)} must be an AbortSignal`);
  const ttlMs = durationReader(options, faults)('ttl', defaults.ttlMs, defaults.ttlRule ?? TTL_RULE);
  refuse(election, faults);
  // No lock has an empty name, so no lock shares its keys with an election.
  return { election, identity: identityOfKind('leader', election), ttlMs, preferred };
}

/**
 * What is wrong with an election and the options of a campaign in it, in one sentence each; empty when nothing is. For
 * whoever wants to know without campaigning, or stands in for a `LeaderService`.
 */
export function campaignFaults(election: string, options: CampaignOptions): readonly string[] {
  return faultsIn(() => resolveCampaign(election, options, { ttlMs: TTL_RULE.leastMs, preferred: false }));
}

/** A process is one candidate, and a candidate has one of each. @throws LockConfigError where they differ */
export function checkAgreement(wanted: CampaignTerms, running: CampaignTerms): void {
  const differ = (option: 'ttlMs' | 'preferred', unit: string): string =>
    `${option === 'ttlMs' ? 'ttl' : option}: ${wanted[option]}${unit} is not what this process campaigns with already ` +
    `(${running[option]}${unit}); leave it out to join that campaign`;
  const faults = [
    ...(wanted.ttlMs === running.ttlMs ? [] : [differ('ttlMs', ' ms')]),
    ...(wanted.preferred === running.preferred ? [] : [differ('preferred', '')]),
  ];
  refuse(wanted.election, faults);
}

function refuse(election: string, faults: readonly string[]): void {
  if (faults.length > 0) throw new LockConfigError(`Election ${show(election)} cannot work`, faults);
}
