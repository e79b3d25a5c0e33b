/** Where the locks of a run live, and how replicas come to be there. */
import type { StartReplica } from '../replica.js';

export type Mode = 'redis' | 'redis-url' | 'embedded';

export interface Ground {
  readonly mode: Mode;
  /** For the first line of the live view. Holds no password. */
  readonly label: string;
  readonly startReplica: StartReplica;
  close(): Promise<void>;
}
