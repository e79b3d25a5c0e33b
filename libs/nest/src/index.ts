/** `@holdfast/nest`: distributed locks and coordinated jobs for NestJS, as a module, services and decorators. */
export { HoldfastModule, type HoldfastOptionsFactory } from './holdfast.module.js';
export type {
  HoldfastModuleExtras,
  HoldfastModuleOptions,
  HttpFilterOptions,
  ShutdownOptions,
} from './module-options.js';
export {
  getHoldfastToken,
  getJobServiceToken,
  getLeaderServiceToken,
  getLockServiceToken,
  InjectHoldfast,
  InjectJobService,
  InjectLeaderService,
  InjectLockService,
} from './tokens.js';
export { ClusterCron } from './cluster-cron.decorator.js';
export type { ClusterCronDecorator, ClusterCronOptions, Schedulable } from './cluster-cron-options.js';
export { WithLock } from './with-lock.decorator.js';
export type {
  Lockable,
  LockedMethodDecorator,
  MethodReturns,
  WhenBusy,
  WithLockOptions,
} from './with-lock-options.js';
export { OnlyLeader } from './only-leader.decorator.js';
export type { Leadable, LedMethodDecorator, OnlyLeaderOptions } from './only-leader-options.js';
export { leadership$ } from './leadership.js';
export { wireLeaders, wireLocks } from './wiring.js';
export { LockExceptionFilter } from './lock-exception.filter.js';
export { LockHttpException, toHttpException, type ContendedStatus } from './http-exception.js';
// What applications need of core, so that one import is enough. The classes are core's own, not copies.
export {
  currentLease,
  JobService,
  LeaderService,
  LeaseLostError,
  LockAbortedError,
  LockBusyError,
  LockClosedError,
  LockConfigError,
  LockError,
  LockHoldLimitError,
  LockNotWiredError,
  LockReentryError,
  LockRefusedError,
  LockService,
  LockTimeoutError,
  LockUnavailableError,
  onLeaseEvent,
  parseDuration,
  StaleFenceError,
  type AcquireOptions,
  type Campaign,
  type CampaignOptions,
  type Contention,
  type CrashPolicy,
  type Duration,
  type HistoryPage,
  type HolderInfo,
  type Holdfast,
  type HoldfastConnection,
  type HoldfastOptions,
  type JobBody,
  type JobHistoryEntry,
  type JobHistoryOptions,
  type JobInspection,
  type JobLogger,
  type JobOptions,
  type JobRetry,
  type JobRun,
  type JobSummary,
  type Json,
  type Leadership,
  type Leading,
  type Lease,
  type LeaseEvent,
  type LockBody,
  type LockErrorCode,
  type LockInspection,
  type LockKey,
  type LockTraits,
  type LossReason,
  type MissedPolicy,
  type NotLeading,
  type OverlapPolicy,
  type PreparedLock,
  type RunNowOutcome,
  type RunningJob,
  type RunOptions,
  type TryAcquireOptions,
  type TryRunOptions,
  type TryRunResult,
} from '@holdfast/core';
