/** One method that only the leader of an election runs: its options, checked at boot, and the campaign behind it. */
import { campaignFaults, LockNotWiredError, type Campaign, type LeaderService } from '@holdfast/core';
import { DecoratedMethods } from './decorated-methods.js';
import type { DecoratedMethod } from './guard.js';
import { notWired } from './not-wired.js';
import type { OnlyLeaderOptions } from './only-leader-options.js';
import { returnsFaults, unknownOptions } from './option-faults.js';
import { leaderSlot, serviceAt, type Slot } from './wiring.js';
import type { MethodReturns } from './with-lock-options.js';

const KNOWN: ReadonlySet<string> = new Set([
  'election',
  'instance',
  'returns',
] satisfies (keyof OnlyLeaderOptions)[]);

/** A method that carries `@OnlyLeader`. */
export class LedMethod implements DecoratedMethod {
  readonly decorator = '@OnlyLeader';
  readonly label: string;
  readonly instance: string | undefined;
  private readonly slot: Slot<LeaderService>;
  /** One for each application of this process that has the class. They end with their service. */
  private readonly campaigns = new WeakMap<LeaderService, Campaign>();

  constructor(
    readonly prototype: object,
    readonly property: string | symbol,
    readonly options: OnlyLeaderOptions,
  ) {
    this.label = `${prototype.constructor.name}.${String(property)}`;
    this.instance = options.instance;
    this.slot = leaderSlot(options.instance);
  }

  get returns(): MethodReturns | undefined {
    return this.options.returns;
  }

  /** What is wrong with its options, in one sentence each. */
  faults(): string[] {
    const { election, returns } = this.options;
    const faults = [
      ...unknownOptions(this.options, KNOWN),
      ...campaignFaults(election, {}),
      ...returnsFaults(returns),
    ];
    return faults.map((fault) => `${this.label}: ${fault}`);
  }

  /** Campaigns, unless it does so already. @throws LockConfigError for an election that cannot work */
  campaignIn(leaders: LeaderService): Campaign {
    const known = this.campaigns.get(leaders);
    if (known !== undefined) return known;
    const campaign = leaders.campaign(this.options.election);
    this.campaigns.set(leaders, campaign);
    return campaign;
  }

  /** The campaign for a call on `self`. @throws LockNotWiredError if no service reached it */
  campaignFor(self: unknown): Campaign {
    const leaders = serviceAt(this.slot, self);
    if (leaders !== undefined) return this.campaignIn(leaders);
    const { instance } = this;
    const missing = { service: 'LeaderService', instance, wire: 'wireLeaders(object, leaders' };
    throw new LockNotWiredError(notWired(this, missing, self), undefined);
  }
}

/** All methods that carry `@OnlyLeader`. */
export const ledMethods = new DecoratedMethods<LedMethod>(Symbol.for('@holdfast/nest led methods'));
