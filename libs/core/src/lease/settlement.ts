import type { Tenure } from './tenure.js';

/** How a request can end when nothing went wrong: a grant, or the news that somebody else holds and the time to wait is over. */
export type Settlement =
  | { readonly outcome: 'granted'; readonly tenure: Tenure; readonly askedAt: number }
  | {
      readonly outcome: 'busy';
      /** Token of the holder, or another text if it is none of ours. */
      readonly holder: string;
      readonly remainingMs: number;
      readonly waitedMs: number;
      /** What came of it, where that is remembered. Then nobody need hold it. */
      readonly told?: string | undefined;
    };
