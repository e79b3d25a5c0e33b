/** `@holdfast/nest`: distributed locks for NestJS, as a module, a service and a decorator. */
export { HoldfastModule, type HoldfastOptionsFactory } from './holdfast.module.js';
export type {
  HoldfastModuleExtras,
  HoldfastModuleOptions,
  HttpFilterOptions,
  ShutdownOptions,
} from './module-options.js';
export {
  getHoldfastToken,
  getLeaderServiceToken,
  getLockServiceToken,
  InjectHoldfast,
  InjectLeaderService,
  InjectLockService,
} from './tokens.js';
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
  type Duration,
  type HolderInfo,
  type Holdfast,
  type HoldfastConnection,
  type HoldfastOptions,
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
  type NotLeading,
  type PreparedLock,
  type RunOptions,
  type TryAcquireOptions,
  type TryRunOptions,
  type TryRunResult,
} from '@holdfast/core';
