/** The public face of elections. An abstract class, so that it is a type, an injection token and easy to stand in for. */
import type { Lease } from '../lease/lease.js';
import type { Duration } from '../time/duration.js';

/** Options of {@link LeaderService.campaign}. What is left out agrees with whatever this process campaigns with already. */
export interface CampaignOptions {
  /** How long a leader that died blocks the next one. Renewed every third of it. @defaultValue '30s' or the module's */
  readonly ttl?: Duration;
  /**
   * A hint that this process is a good place for the leader: while it stands by, it is next in line, and a leader that
   * is not preferred hands over to it within about a third of the ttl and a second. @defaultValue false
   */
  readonly preferred?: boolean;
  /** Aborting it does what `stop()` does. */
  readonly signal?: AbortSignal;
}

/** This process leads. */
export interface Leading {
  readonly leader: true;
  /** The fence of the term: grows strictly from leader to leader. Pass it to the resource that you write to. */
  readonly term: number;
  /** Aborts when the term ends, in whichever way, and before anybody else can lead. */
  readonly signal: AbortSignal;
}

/** This process does not lead, because … */
export interface NotLeading {
  readonly leader: false;
  /**
   * `standby`: it has not led yet. `lost`: its last term ended without its doing. `stepped-down`: `stepDown()` ended it.
   * `yielded`: it made room for a preferred candidate. `stopped`: this campaign is over; in all other cases it goes on.
   */
  readonly why: 'standby' | 'lost' | 'stepped-down' | 'yielded' | 'stopped';
}

/** Whether this process leads. Tell them apart by `leader`. */
export type Leadership = Leading | NotLeading;

/** One party's interest in an election. The process is a candidate for as long as one of its campaigns goes on. */
export interface Campaign {
  readonly election: string;
  /** Whether this process leads at this instant. Asks the clock: right from the first instruction after a freeze. */
  isLeader(): boolean;
  /** The same with its reasons. Asks the clock, too. */
  readonly state: Leadership;
  /** The fence of the term; `undefined` while this process does not lead. */
  readonly term: number | undefined;
  /** Of the current term: aborts when it ends. Aborted already while this process does not lead. */
  readonly signal: AbortSignal;
  /**
   * The current term as a lease, `undefined` while this process does not lead. Unlike that of a lock its signal aborts
   * also on `release()`, which is the same as `stepDown()`.
   */
  readonly lease: Lease | undefined;
  /**
   * Calls `listener` at each change from now on, until the returned function is called. What it throws is logged and
   * ends nothing.
   */
  onChange(listener: (now: Leadership) => void): () => void;
  /**
   * Resolves when this process leads, at once if it does already. By the time you look the term may be over: its
   * signal tells.
   * @throws LockAbortedError when `signal` aborts or the campaign is stopped before
   */
  whenLeader(signal?: AbortSignal): Promise<Leading>;
  /**
   * Ends the term and goes to the back of the line; the next candidate leads at once, or this one again if there is
   * none. Does nothing while this process does not lead. Resolves when the server knows, or stays silent; never rejects.
   */
  stepDown(): Promise<void>;
  /**
   * Ends this campaign. If no other campaign of this process goes on in the election, a term ends, and the next
   * candidate leads at once. Safe to call twice. Resolves when the server knows, or stays silent; never rejects.
   */
  stop(): Promise<void>;
}

/**
 * Leader election: of all processes that campaign in an election one leads, and when it dies, hangs, loses Redis or
 * leaves, another one does.
 */
export abstract class LeaderService {
  /**
   * Campaigns from now on, until the campaign or the service is stopped. Trouble with Redis never surfaces here: the
   * candidate goes on trying, and the log tells it once. After {@link stop} it gives a campaign that is stopped.
   *
   * A process is one candidate, however many campaigns it has in an election: they share its terms.
   * @throws LockConfigError when the name or an option cannot work, or differs from what this process campaigns with
   * @example `const campaign = leaders.campaign('billing'); if (campaign.isLeader()) await settle(campaign.term)`
   */
  abstract campaign(election: string, options?: CampaignOptions): Campaign;

  /**
   * Stops every campaign for good: others lead at once. What `close()` does first; to be called earlier by whoever
   * shuts down in steps. Resolves when the server knows, or stays silent; never rejects.
   */
  abstract stop(): Promise<void>;
}
