import type { PublishJobEvent } from '../job-events.js';
import type { TokenSource } from '../lease/token-source.js';
import type { ExecutionParts } from './job-execution.js';
import type { ServerTime } from './server-time.js';

/** What the jobs of a process work with. */
export interface RunnerParts extends Omit<ExecutionParts, 'news'> {
  readonly tokens: TokenSource;
  readonly time: ServerTime;
  /** This process, for people to read. */
  readonly who: string;
  /** Of the application, for people to read. */
  readonly version: string | undefined;
  readonly publish: PublishJobEvent;
}
