/**
 * What happens to jobs in this process, as typed events on one `diagnostics_channel`. What other processes do is in the
 * history; notes, checkpoints and texts of errors are never part of an event.
 */
import { EventChannel, isAbout, type InstanceEvent, type Publish } from './event-channel.js';

interface JobEventBase extends InstanceEvent {
  readonly job: string;
}

interface RunEventBase extends JobEventBase {
  /** The run among those of its job. */
  readonly run: string;
  /** When it was due, in milliseconds since 1970; when it was asked for, if somebody did. */
  readonly scheduledAt: number;
  readonly fence: number;
  /** 1, and one more for each process that died over this run before. */
  readonly attempt: number;
}

/** Everything that is told. Tell them apart by `type`. */
export type JobEvent =
  | (RunEventBase & { readonly type: 'run-started' })
  | (RunEventBase & {
      readonly type: 'run-ended';
      /** `lost`: another process took its place, or may; what the body returned does not count. */
      readonly outcome: 'ok' | 'failed' | 'cancelled' | 'lost';
      readonly durationMs: number;
      /** Whether the server wrote it down; if not, the history calls it lost. */
      readonly recorded: boolean;
    })
  /** Told by the process that asked for the tick, which is one of them. */
  | (JobEventBase & {
      readonly type: 'tick-skipped';
      readonly scheduledAt: number;
      readonly reason: 'overlap' | 'paused' | 'missed';
    })
  /** Told by every process that has the job: a tick should have ended well by now, and did not. */
  | (JobEventBase & {
      readonly type: 'overdue';
      readonly scheduledAt: number;
      /** By when it should have, in milliseconds since 1970. */
      readonly expectedBy: number;
    })
  /** It ended well after all, or is not expected any more: paused, or defined anew. */
  | (JobEventBase & { readonly type: 'recovered' })
  /** Versions of the application disagree: this process goes by a definition that is not its own, or does again. */
  | (JobEventBase & {
      readonly type: 'definition-superseded' | 'definition-restored';
      readonly own: JobSchedule;
      /** The one that holds; nothing when this version cannot read it, and waits. */
      readonly held: JobSchedule | undefined;
    })
  | (JobEventBase & { readonly type: 'paused' | 'resumed' });

/** When a job is due, as a definition says. */
export interface JobSchedule {
  /** Nothing for a job that runs only when asked for. */
  readonly cron: string | undefined;
  readonly timeZone: string;
}

/** Name of the channel, for tools that use `diagnostics_channel` directly. */
export const JOB_CHANNEL = 'holdfast:job';

const jobs = new EventChannel<JobEvent>(JOB_CHANNEL, isJobEvent);

/** Tells events of jobs of one instance. `details` is called only when somebody listens. */
export type PublishJobEvent = Publish<JobEvent>;

/** The publishing side of an instance. */
export function jobEvents(namespace: string, replica: string): PublishJobEvent {
  return jobs.of(namespace, replica);
}

/**
 * Calls `listener` with every event of jobs of this process until the returned function is called.
 * What the listener throws is swallowed: an observer can't hurt a run.
 */
export function onJobEvent(listener: (event: JobEvent) => void): () => void {
  return jobs.listen(listener);
}

function isJobEvent(message: unknown): message is JobEvent {
  return isAbout(message, 'job');
}
