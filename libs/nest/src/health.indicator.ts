/**
 * Tells `@nestjs/terminus` how this process is: asks core, and gives the answer the plain shape of a result of terminus,
 * for which that package need not be there. Redis away is `down`, to which terminus answers 503. Overdue jobs are not,
 * unless you want it: they are overdue on every replica at once, and no restart helps them.
 */
import {
  LockConfigError,
  type Health,
  type Holdfast,
  type OverdueJob,
  type ReplicaTrouble,
  type StoreCondition,
} from '@holdfast/core';
import { shown, unknownOptions } from './option-faults.js';

/** What terminus tells apart in each of its versions. */
export type HealthStatus = 'up' | 'down';

/** Options of {@link HoldfastHealthIndicator.check}. */
export interface HealthIndicatorOptions {
  /**
   * What a process is whose Redis answers and whose jobs are overdue, or some servers of whose quorum are missing. With `down` a readiness probe takes all replicas
   * out of service at once; that is for a monitor that asks nobody else.
   * @defaultValue 'up'
   */
  readonly whenDegraded?: HealthStatus;
}

/** How this process is. Terminus goes by `status`; `state` is what was found. */
export type HealthEntry =
  | { readonly status: 'up'; readonly state: 'up'; readonly roundTripMs: number }
  /** Redis answers, and jobs are overdue, servers of a quorum are missing, or there is trouble with the replicas asked for. */
  | {
      readonly status: HealthStatus;
      readonly state: 'degraded';
      readonly roundTripMs: number;
      readonly overdue: readonly OverdueJob[];
      readonly missing: readonly string[];
      readonly replicas?: ReplicaTrouble;
    }
  /** Redis does not answer: no lock is granted, no job runs. */
  | {
      readonly status: 'down';
      readonly state: 'down';
      readonly condition: StoreCondition;
      readonly overdue: readonly OverdueJob[];
    };

/** One entry under the key that was asked for. */
export type HealthEntries = Readonly<Record<string, HealthEntry>>;

/** Makes what `Holdfast.health()` says a result for `HealthCheckService.check()` of `@nestjs/terminus`. */
export class HoldfastHealthIndicator {
  constructor(private readonly holdfast: Pick<Holdfast, 'health'>) {}

  /**
   * Asks the server one question and looks for overdue jobs of this process. Answers within `attemptTimeout` of the
   * module, and rejects only for options that cannot work.
   *
   * @param key - What the entry is called in the answer of terminus.
   * @throws LockConfigError
   * @example `health.check([() => holdfast.check()])`
   */
  async check(key = 'holdfast', options: HealthIndicatorOptions = {}): Promise<HealthEntries> {
    const faults = [...keyFaults(key), ...optionFaults(options)];
    if (faults.length > 0) throw new LockConfigError('HoldfastHealthIndicator cannot check', faults);
    return { [key]: entryOf(await this.holdfast.health(), options.whenDegraded ?? 'up') };
  }
}

function entryOf(health: Health, whenDegraded: HealthStatus): HealthEntry {
  switch (health.status) {
    case 'up':
      return { ...health, state: 'up' };
    case 'degraded':
      return { ...health, status: whenDegraded, state: 'degraded' };
    case 'down':
      return { ...health, state: 'down' };
  }
}

function keyFaults(key: unknown): string[] {
  if (typeof key === 'string' && key !== '') return [];
  return [`key: ${shown(key)} must be a name for the entry`];
}

function optionFaults(options: unknown): string[] {
  if (typeof options !== 'object' || options === null) {
    return [`options: ${shown(options)} must be { whenDegraded }`];
  }
  const { whenDegraded }: { whenDegraded?: unknown } = options;
  const statuses: readonly unknown[] = [undefined, 'up', 'down'];
  return [
    ...unknownOptions(options, ['whenDegraded']),
    ...(statuses.includes(whenDegraded)
      ? []
      : [`whenDegraded: ${shown(whenDegraded)} must be 'up' or 'down'`]),
  ];
}
