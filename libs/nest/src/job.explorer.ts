/**
 * Finds every method with `@ClusterCron`: tells what is wrong with them before the application is up, and makes jobs of
 * them when it is.
 */
import type { OnApplicationBootstrap } from '@nestjs/common';
import type { DiscoveryService } from '@nestjs/core';
import { LockConfigError, type Holdfast, type JobService } from '@holdfast/core';
import { DecoratedJob } from './decorated-job.js';
import { discovered, prototypeOf } from './discovered.js';
import { jobMethodsOf } from './job-method.js';
import type { BootAudit } from './lock.explorer.js';
import { refuseToStart } from './refuse-to-start.js';
import { getJobServiceToken } from './tokens.js';

/** What the explorer of one instance works with. */
export interface JobExplorerParts {
  readonly discovery: DiscoveryService;
  readonly jobs: JobService;
  readonly holdfast: Holdfast;
  readonly instance: string | undefined;
}

/** The jobs of one instance of the module. */
export class JobExplorer implements BootAudit, OnApplicationBootstrap {
  private found: readonly DecoratedJob[] | undefined;

  constructor(private readonly parts: JobExplorerParts) {}

  /** What is wrong with the jobs of this instance. */
  faults(): string[] {
    const jobs = this.decorated();
    const strange = jobs.length > 0 && typeof this.parts.jobs.define !== 'function';
    return [
      ...(strange
        ? ['JobService: what was provided in its place has no define(); extend JobService of @holdfast/core']
        : []),
      ...jobs.flatMap((job) => job.faults()),
      ...sharedNames(jobs),
      ...this.homeless(),
    ];
  }

  /**
   * Not earlier, so that no tick comes before the modules are initialised.
   * @throws LockConfigError when the application itself has defined a job of the same name
   */
  async onApplicationBootstrap(): Promise<void> {
    const faults = this.decorated().flatMap((job) => this.define(job));
    if (faults.length > 0) await refuseToStart(this.parts.holdfast, faults);
  }

  private define(job: DecoratedJob): readonly string[] {
    try {
      this.parts.jobs.define(job.options, (run) => job.run(run));
      return [];
    } catch (error) {
      if (!LockConfigError.is(error)) throw error;
      return error.faults.map((fault) => `${job.label}: ${fault}`);
    }
  }

  /** Those of this instance. */
  private decorated(): readonly DecoratedJob[] {
    return this.all().filter(({ method }) => method.instance === this.parts.instance);
  }

  /** Jobs of an instance that is not there. A class would have asked Nest for its service; what a factory made did not. */
  private homeless(): string[] {
    const tokens = new Set(discovered(this.parts.discovery).map(({ token }) => token));
    return this.all()
      .filter(({ method }) => !tokens.has(getJobServiceToken(method.instance)))
      .map(
        ({ label, method }) =>
          `${label}: instance: ${JSON.stringify(method.instance)} is not among those of HoldfastModule`,
      );
  }

  private all(): readonly DecoratedJob[] {
    return (this.found ??= this.find());
  }

  private find(): DecoratedJob[] {
    const found: DecoratedJob[] = [];
    for (const provider of discovered(this.parts.discovery)) {
      if (provider.isAlias) continue;
      for (const method of jobMethodsOf(prototypeOf(provider))) {
        const job = new DecoratedJob(method, provider);
        // One object under two tokens is still one.
        const known = found.some((other) => other.method === method && other.target === job.target);
        if (!known) found.push(job);
      }
    }
    return found;
  }
}

function sharedNames(jobs: readonly DecoratedJob[]): string[] {
  const places = new Map<string, string[]>();
  for (const { options, place } of jobs) {
    if (typeof options.name !== 'string') continue;
    places.set(options.name, [...(places.get(options.name) ?? []), place]);
  }
  return [...places]
    .filter(([, all]) => all.length > 1)
    .map(([name, all]) => `name: ${JSON.stringify(name)} is the name of several jobs: ${all.join(', ')}`);
}
