/** Options of the module: those of core, and what only a Nest application has. Checked as a whole, before connecting. */
import { Logger } from '@nestjs/common';
import {
  holdfastOptionFaults,
  LockConfigError,
  parseDuration,
  type Duration,
  type HoldfastOptions,
} from '@holdfast/core';
import { CONTENDED_STATUSES, type ContendedStatus } from './http-exception.js';
import { instanceFaults, shown, unknownOptions } from './option-faults.js';

/** What `HoldfastModule.forRoot` takes, and what the factory of `forRootAsync` returns. */
export interface HoldfastModuleOptions extends HoldfastOptions {
  /**
   * Answers HTTP requests that failed for a lock: 409 with Retry-After when it is busy, 503 when Redis is away, 500
   * when the lease was lost. `false` leaves that to you and `toHttpException`; `status` replaces the 409.
   * @defaultValue true
   */
  readonly httpFilter?: boolean | HttpFilterOptions;
  /** How the application ends. */
  readonly shutdown?: ShutdownOptions;
}

/** Options of the exception filter. */
export interface HttpFilterOptions {
  /** What a busy lock answers. @defaultValue 409 */
  readonly status?: ContendedStatus;
}

/** Options for the end of the application. They need `app.enableShutdownHooks()` to be of use on SIGTERM. */
export interface ShutdownOptions {
  /**
   * How long, in all, shutdown waits for holders before it ends their leases. The same as `shutdownGrace` of core;
   * give one of them. @defaultValue '10s'
   */
  readonly grace?: Duration;
}

/** Settings of one instance that belong to the module definition rather than to its options. */
export interface HoldfastModuleExtras {
  /** Whether decorators and injections work in every module without importing this one again. @defaultValue true */
  isGlobal?: boolean | undefined;
  /** Name of this instance, for applications with several. @defaultValue the unnamed one */
  instance?: string | undefined;
}

/** The options, checked, with what core takes apart from what Nest needs. */
export interface ModuleSettings {
  readonly core: HoldfastOptions;
  readonly filter: { readonly enabled: boolean; readonly contendedStatus: ContendedStatus };
  readonly graceMs: number;
}

const DEFAULT_GRACE = '10s';

/** Checks the options of an instance. @throws LockConfigError that lists every fault, core's and ours */
export function readModuleOptions(
  options: HoldfastModuleOptions & HoldfastModuleExtras,
  extras: HoldfastModuleExtras,
): ModuleSettings {
  const faults = [...instanceFaults(extras.instance), ...globalFaults(extras.isGlobal)];
  if (typeof options !== 'object' || options === null) {
    refuse([...faults, `options: ${String(options)} must be an object`]);
  }
  const { httpFilter = true, shutdown, instance, isGlobal, ...rest } = options;
  const core = { ...rest, log: rest.log ?? logThroughNest() };
  faults.push(...misplacedFaults({ instance, isGlobal }), ...filterFaults(httpFilter));
  faults.push(...shutdownFaults(shutdown, core), ...holdfastOptionFaults(core));
  if (faults.length > 0) refuse(faults);
  const status = typeof httpFilter === 'object' ? httpFilter.status : undefined;
  return {
    core,
    filter: { enabled: httpFilter !== false, contendedStatus: status ?? 409 },
    graceMs: parseDuration(shutdown?.grace ?? core.shutdownGrace ?? DEFAULT_GRACE, 'shutdown.grace'),
  };
}

function refuse(faults: readonly string[]): never {
  throw new LockConfigError('Holdfast cannot start', faults);
}

function globalFaults(isGlobal: unknown): string[] {
  if (isGlobal === undefined || typeof isGlobal === 'boolean') return [];
  return [`isGlobal: ${shown(isGlobal)} must be true or false`];
}

/** Nest wants to know them before the factory of `forRootAsync` has run. */
function misplacedFaults(extras: HoldfastModuleExtras): string[] {
  const misplaced = Object.entries(extras).filter(([, value]) => value !== undefined);
  return misplaced.map(([option]) => `${option}: must stand beside useFactory, useClass or useExisting`);
}

function logThroughNest(): NonNullable<HoldfastOptions['log']> {
  const logger = new Logger('Holdfast');
  return (level, message) => logger[level](message);
}

function filterFaults(filter: unknown): string[] {
  if (typeof filter === 'boolean') return [];
  if (typeof filter !== 'object' || filter === null) {
    return [`httpFilter: ${shown(filter)} must be true, false or { status }`];
  }
  const status: unknown = 'status' in filter ? filter.status : undefined;
  const statuses: readonly unknown[] = [undefined, ...CONTENDED_STATUSES];
  return [
    ...unknownOptions(filter, ['status'], 'httpFilter'),
    ...(statuses.includes(status)
      ? []
      : [`httpFilter.status: ${shown(status)} must be one of ${CONTENDED_STATUSES.join(', ')}`]),
  ];
}

function shutdownFaults(shutdown: unknown, core: HoldfastOptions): string[] {
  if (shutdown === undefined) return [];
  if (typeof shutdown !== 'object' || shutdown === null) {
    return [`shutdown: ${shown(shutdown)} must be { grace }`];
  }
  const faults = unknownOptions(shutdown, ['grace'], 'shutdown');
  if (!('grace' in shutdown) || shutdown.grace === undefined) return faults;
  if (core.shutdownGrace !== undefined)
    faults.push('shutdown.grace: is the same as shutdownGrace; give one of them');
  return [...faults, ...durationFaults(shutdown.grace, 'shutdown.grace')];
}

function durationFaults(value: unknown, option: string): readonly string[] {
  try {
    // What is neither text nor number has no reading; its text is what the message shows.
    parseDuration(typeof value === 'number' ? value : String(value), option);
    return [];
  } catch (error) {
    if (LockConfigError.is(error)) return error.faults;
    throw error;
  }
}
