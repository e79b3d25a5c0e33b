/** How an instance ends: in which order its features stop, with arguments checked, and once. */
import { LockConfigError } from './errors.js';
import type { GroundHost } from './holdfast-ground.js';
import type { ProcessJobs } from './jobs/process-jobs.js';
import type { LeaderService } from './leader/leader-service.js';
import type { HolderPresence } from './lease/holder-presence.js';
import type { LeaseEngine } from './lease/lease-engine.js';
import { show } from './time/duration.js';
import { within } from './time/within.js';

/** How long the card of this process, and then its connection, may take to go: `close` is over within grace + 1 s. */
export const CLOSE_WITHIN_MS = 150;

/** How an instance is asked to end. */
export interface HoldfastEnds {
  /**
   * Waits until everybody who holds a lease right now has given it back, at most `withinMs`; a leader is not waited for.
   * New leases are granted all the while. Resolves to how many of those holders are left.
   * @throws LockConfigError when `withinMs` is not 0 or more; `Infinity` waits as long as it takes
   */
  drain(withinMs: number): Promise<number>;
  /**
   * Begins no more runs of jobs in this process, and waits until those of now are over, at most `withinMs`. Resolves to
   * how many are left; they go on until `close`, which leaves them to other processes.
   * @throws LockConfigError when `withinMs` is not 0 or more; `Infinity` waits as long as it takes
   */
  stopJobs(withinMs: number): Promise<number>;
  /**
   * Stops all campaigns and begins no more runs of jobs; when those of now are over refuses new leases, aborts waits and
   * waits for holders, all of it up to `graceMs` (the `shutdownGrace` option unless told). Then ends what is left (signals
   * abort; runs are left to other processes), releases, and closes the connection. Safe to call twice.
   * @throws LockConfigError when `graceMs` is not 0 or more; nothing else
   */
  close(graceMs?: number): Promise<void>;
}

/** What has to end. */
export interface Ending {
  readonly host: GroundHost;
  readonly engines: readonly LeaseEngine[];
  /** What holds nothing, and only refuses what is new. */
  readonly counting: readonly { close(): void }[];
  readonly jobs: ProcessJobs;
  readonly leaders: LeaderService;
  readonly presence: HolderPresence;
}

/** The ends of an instance. */
export function endingBy(
  { host, engines, counting, jobs, leaders, presence }: Ending,
  defaultGraceMs: number,
): HoldfastEnds {
  const { clock } = host;
  const end = async (graceMs: number): Promise<void> => {
    const endsAt = clock.now() + graceMs;
    // Not awaited: their engine sees every release answered, within its bound.
    void leaders.stop();
    // Before new leases are refused: what runs may need some to come to its end.
    await jobs.stop(graceMs);
    const graceLeftMs = Math.max(0, endsAt - clock.now());
    await Promise.all([...engines.map((engine) => engine.close(graceLeftMs)), jobs.leave()]);
    // Behind those who hold: what they do may be limited.
    for (const feature of counting) feature.close();
    await within(clock, CLOSE_WITHIN_MS, presence.leave());
    await host.close(CLOSE_WITHIN_MS);
  };
  let closing: Promise<void> | undefined;
  return {
    drain: async (withinMs) => {
      const limitMs = checkedMs('withinMs', withinMs);
      const left = await Promise.all(engines.map((engine) => engine.drain(limitMs)));
      return left.reduce((sum, count) => sum + count, 0);
    },
    stopJobs: async (withinMs) => jobs.stop(checkedMs('withinMs', withinMs)),
    close: async (graceMs = defaultGraceMs) => (closing ??= end(checkedMs('graceMs', graceMs))),
  };
}

/** `Infinity` is as long as it takes. */
function checkedMs(name: string, value: number): number {
  if (typeof value === 'number' && value >= 0) return value;
  throw new LockConfigError('Holdfast', [`${name}: ${show(value)} must be milliseconds, 0 or more`]);
}
