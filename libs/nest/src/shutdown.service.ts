/**
 * Ends an instance in two steps. Before HTTP is closed: no more scheduled runs and no more jobs, others lead, and whoever
 * holds or runs at that moment may finish, while requests that are still served may take locks. After it: nothing new, the
 * rest of the grace, and what is left is left to other replicas.
 */
import { Logger, type BeforeApplicationShutdown, type OnApplicationShutdown } from '@nestjs/common';
import type { Holdfast } from '@holdfast/core';
import type { LockExplorer } from './lock.explorer.js';

/** What shutdown works with. */
export interface ShutdownParts {
  readonly explorer: LockExplorer;
  readonly holdfast: Holdfast;
  /** For both steps together, in milliseconds. */
  readonly graceMs: number;
}

/** Shutdown hooks of one instance of the module. Being global, it is closed after the modules that use it. */
export class ShutdownService implements BeforeApplicationShutdown, OnApplicationShutdown {
  private readonly logger = new Logger('Holdfast');
  private drainedMs = 0;

  constructor(private readonly parts: ShutdownParts) {}

  async beforeApplicationShutdown(): Promise<void> {
    const { explorer, holdfast, graceMs } = this.parts;
    const startedAt = performance.now();
    explorer.stopSchedules();
    // Not awaited: a silent server must not hold this up, and the close sees the releases answered.
    void holdfast.leaders.stop();
    const [held, running] = await Promise.all([holdfast.drain(graceMs), holdfast.stopJobs(graceMs)]);
    this.drainedMs = performance.now() - startedAt;
    if (held > 0)
      this.logger.warn(`${held} lock(s) still held after a grace of ${graceMs} ms; their leases end now`);
    if (running > 0)
      this.logger.warn(
        `${running} job(s) still running after a grace of ${graceMs} ms; their leases end now`,
      );
  }

  async onApplicationShutdown(): Promise<void> {
    const { holdfast, graceMs } = this.parts;
    await holdfast.close(Math.max(0, graceMs - this.drainedMs));
  }
}
