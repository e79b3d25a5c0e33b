/** `@holdfast/core`: leases, locks and coordinated work on Redis, without a framework. */
export { createHoldfast, type Holdfast } from './holdfast.js';
export { holdfastOptionFaults, type HoldfastConnection, type HoldfastOptions } from './holdfast-options.js';
export {
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
  LockTimeoutError,
  LockUnavailableError,
  StaleFenceError,
  type Contention,
  type HolderInfo,
  type LockErrorCode,
  type LossReason,
} from './errors.js';
export { LEASE_CHANNEL, onLeaseEvent, type LeaseEvent, type ReleaseOutcome } from './events.js';
export { FenceGuard } from './lease/fence-guard.js';
export type { Lease } from './lease/lease.js';
export type { LockKey } from './lease/lease-name.js';
export { StoreError, type StoreCondition } from './lease/store-error.js';
export { currentLease } from './lock/current-lease.js';
export {
  LockService,
  type AcquireOptions,
  type BodyOptions,
  type LockBody,
  type LockInspection,
  type LockTraits,
  type PreparedLock,
  type RunOptions,
  type TryAcquireOptions,
  type TryRunOptions,
  type TryRunResult,
} from './lock/lock-service.js';
export { allScripts } from './redis/scripts.generated.js';
export type {
  HostContext,
  HostProvider,
  PushedMessage,
  ScriptCall,
  ScriptHost,
  ScriptReceipt,
  ScriptReply,
} from './redis/script-host.js';
export { fromServerReply } from './redis/server-reply.js';
export {
  SystemClock,
  systemClock,
  type CancelTimer,
  type Clock,
  type ClockSources,
  type TimerHold,
} from './time/clock.js';
export { parseDuration, type Duration } from './time/duration.js';
