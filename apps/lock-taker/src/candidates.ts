/**
 * What the process can be told to do in elections.
 *
 *   campaign               leadership at each change, from now on
 *   ask-leader             what the campaign says about itself right now
 *   freeze-leader          stops itself, and says so in the first instruction after it was woken
 *   lead-write             checks, then writes to the fenced ledger; with `freeze`, stops itself between the two
 *   step-down, leave       ends the term, or the campaign
 */
import type { Campaign, CampaignOptions, Holdfast } from '@holdfast/core';
import type { FencedLedger } from './fenced-ledger.js';
import { freezeSelf } from './stand-still.js';
import { machineMs, tell, type Command } from './wire.js';

export class Candidates {
  readonly #holdfast: Holdfast;
  readonly #ledger: FencedLedger | undefined;
  readonly #campaigns = new Map<string, Campaign>();

  constructor(holdfast: Holdfast, ledger: FencedLedger | undefined) {
    this.#holdfast = holdfast;
    this.#ledger = ledger;
  }

  /** Whether the command was one of these. */
  async obey(id: string, command: Command): Promise<boolean> {
    switch (command['do']) {
      case 'campaign':
        this.#campaign(id, command);
        return true;
      case 'ask-leader':
        tell('asked-leader', { id, ...this.#ask(id) });
        return true;
      case 'freeze-leader':
        tell('freezing', { id });
        freezeSelf();
        tell('thawed', { id, ...this.#ask(id) });
        return true;
      case 'lead-write':
        await this.#write(id, command);
        return true;
      case 'step-down':
        await this.#of(id).stepDown();
        return true;
      case 'leave':
        await this.#of(id).stop();
        return true;
      default:
        return false;
    }
  }

  #campaign(id: string, { options }: Command): void {
    const given: CampaignOptions = typeof options === 'object' && options !== null ? { ...options } : {};
    const campaign = this.#holdfast.leaders.campaign(id, given);
    this.#campaigns.set(id, campaign);
    campaign.onChange((now) => tell('leadership', { id, ...now }));
    tell('campaigning', { id });
  }

  /** Synchronous on purpose: what is true at this very instruction. */
  #ask(id: string): Record<string, unknown> {
    const campaign = this.#of(id);
    return { leads: campaign.isLeader(), term: campaign.term, aborted: campaign.signal.aborted };
  }

  async #write(id: string, command: Command): Promise<void> {
    const { term } = this.#of(id);
    if (this.#ledger === undefined) throw new Error('no ledger to write to');
    if (term === undefined) return tell('wrote', { id, accepted: false });
    if (command['freeze'] === true) {
      tell('freezing', { id });
      freezeSelf();
    }
    tell('wrote', { id, term, ...(await this.#ledger.write(term, machineMs())) });
  }

  #of(id: string): Campaign {
    const campaign = this.#campaigns.get(id);
    if (campaign === undefined) throw new Error(`no campaign in ${id}`);
    return campaign;
  }
}
