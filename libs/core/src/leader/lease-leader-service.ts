/**
 * Elections on the lease engine. A process is one candidate in an election, for it can have one entry in the line, and
 * every party in it that campaigns has a campaign of its own: the candidate leaves with the last of them.
 */
import { AsyncResource } from 'node:async_hooks';
import { checkAgreement, resolveCampaign, type CampaignTerms } from './campaign-options.js';
import { Candidate, type CandidateParts } from './candidate.js';
import { LeaderService, type Campaign, type CampaignOptions, type Leadership } from './leader-service.js';
import { Listeners } from './listeners.js';
import { PartyCampaign } from './party-campaign.js';
import type { DurationLimits } from '../time/duration.js';

/** What elections are made of. */
export interface LeaderParts extends CandidateParts {
  readonly defaults: { readonly ttlMs: number; readonly ttlRule?: DurationLimits };
}

interface Running {
  readonly candidate: Candidate;
  readonly campaigns: Set<PartyCampaign>;
}

export class LeaseLeaderService extends LeaderService {
  readonly #parts: LeaderParts;
  readonly #running = new Map<string, Running>();
  /** A candidate outlives the request in which it was made, and must not carry that one's context along. */
  readonly #root = new AsyncResource('HoldfastElections');
  #stopped = false;

  constructor(parts: LeaderParts) {
    super();
    this.#parts = parts;
  }

  override campaign(election: string, options: CampaignOptions = {}): Campaign {
    const running = this.#running.get(election);
    const { defaults, preferences } = this.#parts;
    const unpreferable = typeof preferences === 'string' ? preferences : undefined;
    const terms = resolveCampaign(election, options, {
      ...{ ...defaults, preferred: false, unpreferable },
      ...running?.candidate.terms,
    });
    if (running !== undefined) checkAgreement(terms, running.candidate.terms);
    const { signal } = options;
    if (this.#stopped || signal?.aborted === true) return this.#join(election, undefined);
    const joined = this.#join(election, running ?? this.#enter(terms));
    if (signal !== undefined) joined.endBy(signal);
    return joined;
  }

  /** Elections in which this process leads at this instant. */
  get led(): readonly string[] {
    const leading = [...this.#running].filter(([, { candidate }]) => candidate.lease !== undefined);
    return leading.map(([election]) => election);
  }

  override async stop(): Promise<void> {
    this.#stopped = true;
    const running = [...this.#running.values()];
    this.#running.clear();
    await Promise.all(running.map(({ candidate }) => candidate.leave()));
  }

  #enter(terms: CampaignTerms): Running {
    const running = { candidate: new Candidate(this.#parts, terms), campaigns: new Set<PartyCampaign>() };
    this.#running.set(terms.election, running);
    this.#root.runInAsyncScope(() => void running.candidate.campaign());
    return running;
  }

  #join(election: string, running: Running | undefined): PartyCampaign {
    const listeners = new Listeners<Leadership>((error) =>
      this.#parts.log('error', `A listener of the election "${election}" threw: ${String(error)}`),
    );
    const onStop = async (campaign: PartyCampaign): Promise<void> => {
      running?.campaigns.delete(campaign);
      if (running === undefined || running.campaigns.size > 0) return;
      if (this.#running.get(election) === running) this.#running.delete(election);
      await running.candidate.leave();
    };
    const campaign = new PartyCampaign(election, { candidate: running?.candidate, listeners, onStop });
    running?.campaigns.add(campaign);
    return campaign;
  }
}
