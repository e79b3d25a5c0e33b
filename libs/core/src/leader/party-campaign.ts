/**
 * One party's campaign: a view of the candidate that it shares with the other parties of its process. Over for this party
 * when it stops, for all of them when the candidate leaves.
 */
import { LockAbortedError } from '../acquire-errors.js';
import { watchAbort } from '../lease/abort-watch.js';
import type { Lease } from '../lease/lease.js';
import type { Candidate } from './candidate.js';
import type { Campaign, Leadership, Leading } from './leader-service.js';
import type { Listeners } from './listeners.js';

const STOPPED: Leadership = { leader: false, why: 'stopped' };
const NO_TERM = AbortSignal.abort();

/** What a campaign is made of. */
export interface CampaignParts {
  /** `undefined` for a campaign that is over before it began. */
  readonly candidate: Candidate | undefined;
  readonly listeners: Listeners<Leadership>;
  /** Told once, when it stops; resolves when the server knows of what that led to. */
  readonly onStop: (campaign: PartyCampaign) => Promise<void>;
}

export class PartyCampaign implements Campaign {
  readonly election: string;
  readonly #listeners: Listeners<Leadership>;
  readonly #onStop: CampaignParts['onStop'];
  /** Until it is over. */
  #candidate: Candidate | undefined;
  #unlisten = (): void => undefined;
  #unwatch = (): void => undefined;
  #stopping: Promise<void> | undefined;

  constructor(election: string, { candidate, listeners, onStop }: CampaignParts) {
    this.election = election;
    this.#listeners = listeners;
    this.#onStop = onStop;
    this.#candidate = candidate;
    if (candidate !== undefined) this.#unlisten = candidate.onChange((now) => this.#changed(now));
  }

  /** Aborting `signal` stops it. */
  endBy(signal: AbortSignal): void {
    this.#unwatch = watchAbort(signal, () => void this.stop());
  }

  isLeader(): boolean {
    return this.lease !== undefined;
  }

  get state(): Leadership {
    return this.#candidate?.state ?? STOPPED;
  }

  get term(): number | undefined {
    return this.lease?.fence;
  }

  get signal(): AbortSignal {
    return this.lease?.signal ?? NO_TERM;
  }

  get lease(): Lease | undefined {
    return this.#candidate?.lease;
  }

  onChange(listener: (now: Leadership) => void): () => void {
    return this.#listeners.add(listener);
  }

  whenLeader(signal?: AbortSignal): Promise<Leading> {
    const { state } = this;
    if (state.leader) return Promise.resolve(state);
    const refusal = (reason: unknown): LockAbortedError =>
      new LockAbortedError(`leader:${this.election}`, reason);
    if (signal?.aborted === true) return Promise.reject(refusal(signal.reason));
    const stopped = (): LockAbortedError => refusal(new Error('the campaign was stopped'));
    if (this.#candidate === undefined) return Promise.reject(stopped());
    return new Promise((resolve, reject) => {
      const end = (): void => {
        unlisten();
        unwatch();
      };
      const unlisten = this.onChange((now) => {
        if (!now.leader && now.why !== 'stopped') return;
        end();
        if (now.leader) resolve(now);
        else reject(stopped());
      });
      const unwatch =
        signal === undefined
          ? () => undefined
          : watchAbort(signal, () => {
              end();
              reject(refusal(signal.reason));
            });
    });
  }

  async stepDown(): Promise<void> {
    await this.#candidate?.stepDown();
  }

  stop(): Promise<void> {
    return (this.#stopping ??= this.#stop());
  }

  async #stop(): Promise<void> {
    if (this.#candidate === undefined) return;
    const left = this.#onStop(this);
    // Unless that made the candidate leave, which all of its campaigns hear.
    this.#changed(STOPPED);
    await left;
  }

  #changed(now: Leadership): void {
    if (this.#candidate === undefined) return;
    if (!now.leader && now.why === 'stopped') {
      this.#candidate = undefined;
      this.#unlisten();
      this.#unwatch();
    }
    this.#listeners.tell(now);
  }
}
