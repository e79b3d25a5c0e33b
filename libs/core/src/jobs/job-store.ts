/**
 * The port between jobs and whatever keeps them: one Redis, the embedded host. Each call is one atomic step; who may run
 * what is decided there and nowhere else. Trouble is a `StoreError`; calls may stay pending while the server is silent.
 */
import type { LeaseRenewals, Sent } from '../lease/lease-store.js';

/** The server's clock when it answered, and when it was asked. */
export interface Answered extends Sent {
  readonly serverMs: number;
}

/** A run that is this process's now. */
export interface RunGrant extends Answered {
  readonly outcome: 'run';
  /** The tick in milliseconds, or what `runNow` made up. */
  readonly run: string;
  readonly fence: number;
  /** 1 for the first; one more for each process that died over it. */
  readonly attempt: number;
  /** What the attempt before saved. */
  readonly checkpoint: string | undefined;
}

export type SkipReason = 'overlap' | 'paused' | 'missed';

export type NotRun =
  | (Answered & { readonly outcome: 'skipped'; readonly reason: SkipReason })
  | (Answered & {
      /**
       * `queued`: it waits for the run before it. `claimed`: somebody else did. `stale`: too old to tell. `busy`: a late one
       * that has to wait. `early`: by the server's clock. `superseded`: another definition holds. `unknown`: none does.
       */
      readonly outcome: 'queued' | 'claimed' | 'stale' | 'busy' | 'early' | 'superseded' | 'unknown';
    });

export type ClaimReply = RunGrant | NotRun;

export type PollReply =
  | RunGrant
  | (Answered & { readonly outcome: 'unknown' })
  | (Answered & {
      readonly outcome: 'idle';
      /** Ticks at or before this are not to be claimed any more. */
      readonly floorMs: number;
      /** No tick at or before this is waited for: it ended well, or nobody wanted it. */
      readonly accountedMs: number;
      readonly paused: boolean;
      /** The definition that holds. */
      readonly hash: string;
      /** The same as text, when it is another one than the caller's. */
      readonly definition: string | undefined;
      /** Runs that were asked to stop. */
      readonly cancelled: readonly string[];
    });

export type FinishReply =
  | RunGrant
  /** `superseded`: another attempt took its place, and nothing was written. */
  | (Answered & { readonly outcome: 'done' | 'superseded' });

/** Who asks for a run, and what its lease would be. */
export interface Candidate {
  readonly token: string;
  readonly ttlMs: number;
  /** For people to read; `undefined` takes no run. */
  readonly who: string | undefined;
  /** Of the application, for people to read. */
  readonly version: string | undefined;
}

/** A tick of a schedule. */
export interface Tick {
  readonly at: number;
  /** How much later it may start: its jitter. */
  readonly delayMs: number;
  /** The tick behind it. */
  readonly nextAt: number;
}

/** The policies that scripts act by. */
export interface StoredPolicies {
  readonly overlap: 'skip' | 'queue-one' | 'cancel-previous' | 'allow';
  readonly missed: 'skip' | 'last' | 'all';
  readonly latenessMs: number;
  readonly catchUpMs: number;
  /** How often a run may begin when its process dies. */
  readonly attempts: number;
  readonly keep: number;
  readonly keepMs: number;
}

/** A definition as it is registered. */
export interface StoredDefinition {
  readonly hash: string;
  readonly version: number | undefined;
  readonly text: string;
  /** What its ticks are computed from; empty for a job that runs only when asked for. */
  readonly schedule: string;
  readonly policies: StoredPolicies;
}

/**
 * How a run ended; `unclaimed` when its body never began; `abandoned` when its process leaves while the body still runs,
 * which is what a crash comes to, but at once.
 */
export type RunOutcome = 'ok' | 'failed' | 'cancelled' | 'unclaimed' | 'abandoned';

export interface RunEnd {
  readonly run: string;
  readonly fence: number;
  readonly outcome: RunOutcome;
  readonly errorText: string;
}

/** One run under way, as the server has it. */
export interface RunRecord {
  readonly run: string;
  readonly leaseEndsAt: number;
  readonly fence: number;
  readonly attempt: number;
  readonly scheduledAt: number;
  readonly startedAt: number;
  readonly who: string;
  readonly version: string;
  readonly progress: string;
  readonly cancelled: boolean;
}

/** What the server has about a job. */
export interface JobRecord {
  readonly serverMs: number;
  readonly fields: ReadonlyMap<string, string>;
  readonly runs: readonly RunRecord[];
}

/** An entry of the history or of the skips. */
export interface LogEntry {
  readonly id: string;
  readonly fields: ReadonlyMap<string, string>;
}

/** Keeps jobs. `job` is always the escaped name; members of a renewal are called by the job, `@`, and the run. */
export interface JobStore extends LeaseRenewals {
  /** Resolves to the hash of the definition that holds now. */
  define(job: string, definition: StoredDefinition): Promise<string>;
  claim(job: string, claim: { tick: Tick; hash: string; by: Candidate }): Promise<ClaimReply>;
  poll(job: string, hash: string, by: Candidate): Promise<PollReply>;
  finish(job: string, end: RunEnd, next: Candidate): Promise<FinishReply>;
  runNow(job: string, by: Candidate): Promise<ClaimReply>;
  /** `false`: the run is another attempt's now, or over. */
  save(
    job: string,
    saved: { run: string; fence: number; what: 'checkpoint' | 'progress'; value: string },
  ): Promise<boolean>;
  /** Resolves to whether it was not so before. */
  setPaused(job: string, paused: boolean): Promise<boolean>;
  inspect(job: string): Promise<JobRecord>;
  history(job: string, page: { before: string; most: number }): Promise<readonly LogEntry[]>;
}

/** One name for a run among all jobs: what a keeper knows its lease by. */
export function identityOfRun(job: string, run: string): string {
  return `${job}@${run}`;
}

/** The job and the run of such a name. */
export function partsOfIdentity(identity: string): readonly [job: string, run: string] {
  // A run has no @, a job may have some.
  const at = identity.lastIndexOf('@');
  return [identity.slice(0, at), identity.slice(at + 1)];
}
