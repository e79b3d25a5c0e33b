import type { TokenSource } from '../lease/token-source.js';
import type { ExecutionParts } from './job-execution.js';
import type { ServerTime } from './server-time.js';

/** What the jobs of a process work with. */
export interface RunnerParts extends ExecutionParts {
  readonly tokens: TokenSource;
  readonly time: ServerTime;
  /** This process, for people to read. */
  readonly who: string;
}
