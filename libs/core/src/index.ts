/** `@holdfast/core`: leases, locks and coordinated work on Redis, without a framework. */
export { createHoldfast, type Holdfast } from './holdfast.js';
export type { ReplicaOptions } from './replica-options.js';
export { holdfastOptionFaults, type HoldfastConnection, type HoldfastOptions } from './holdfast-options.js';
export {
  LockAbortedError,
  LockBusyError,
  LockClosedError,
  LockRefusedError,
  LockTimeoutError,
  LockUnavailableError,
  RateLimitedError,
  type Contention,
  type HolderInfo,
} from './acquire-errors.js';
export {
  LockConfigError,
  LockError,
  LockNotWiredError,
  LockReentryError,
  type LockErrorCode,
} from './errors.js';
export { LeaseLostError, LockHoldLimitError, StaleFenceError, type LossReason } from './lease-errors.js';
export { campaignFaults } from './leader/campaign-options.js';
export {
  LeaderService,
  type Campaign,
  type CampaignOptions,
  type Leadership,
  type Leading,
  type NotLeading,
} from './leader/leader-service.js';
export type { Health, OverdueJob, ReplicaTrouble } from './health.js';
export { Inspector, type ReplicaInfo } from './inspector/inspector.js';
export { JOB_CHANNEL, onJobEvent, type JobEvent, type JobSchedule } from './job-events.js';
export { LEASE_CHANNEL, onLeaseEvent, type LeaseEvent, type ReleaseOutcome } from './events.js';
export {
  JobService,
  type HistoryPage,
  type JobHistoryEntry,
  type JobInspection,
  type JobSummary,
  type RunningJob,
  type RunNowOutcome,
} from './jobs/job-service.js';
export type {
  CrashPolicy,
  JobHistoryOptions,
  JobOptions,
  JobRetry,
  MissedPolicy,
  OverlapPolicy,
} from './jobs/job-options.js';
export { jobOptionFaults } from './jobs/job-option-faults.js';
export type { JobBody, JobLogger, JobRun, Json } from './jobs/job-run.js';
export { currentLease, runUnderLease, type LeaseInUse } from './guarded/current-lease.js';
export type { BodyOptions, LockBody, PreparedLock, TryRunResult } from './guarded/guarded-call.js';
export type { Durability, DurabilityNeed } from './lease/durability.js';
export { FenceGuard } from './lease/fence-guard.js';
export type { Lease } from './lease/lease.js';
export type { LockKey } from './lease/lease-name.js';
export { StoreError, type StoreCondition } from './lease/store-error.js';
export { lockOptionFaults } from './lock/lock-options.js';
export {
  LatchService,
  type Barrier,
  type Latch,
  type LatchOptions,
  type LatchState,
  type LatchWaitOptions,
} from './latch/latch-service.js';
export type { RateLimitRule } from './limiter/rate-limit-rule.js';
export { rateLimiterFaults } from './limiter/rate-limiter-options.js';
export {
  RateLimiterService,
  type LimitState,
  type RateDecision,
  type RateLimiter,
  type RateLimiterOptions,
  type WaitForOptions,
} from './limiter/rate-limiter-service.js';
export { JoinedLeases, type LeaseSet } from './lock/lease-set.js';
export { lockSetFaults } from './lock/lock-set-options.js';
export {
  LockService,
  type AcquireAllOptions,
  type AcquireOptions,
  type LockInspection,
  type LockMode,
  type LockSetBody,
  type LockTarget,
  type LockTraits,
  type PreparedOptions,
  type ReadWriteLock,
  type ReadWriteOptions,
  type RunAllOptions,
  type RunOptions,
  type TryAcquireOptions,
  type TryRunOptions,
} from './lock/lock-service.js';
export { OnceFailedError, OnceResultError, type OriginalError } from './once-errors.js';
export { onceFaults } from './once/once-options.js';
export {
  OnceService,
  type OnceOptions,
  type PreparedOnce,
  type PreparedOnceOptions,
  type ShareOptions,
} from './once/once-service.js';
export { quotaFaults } from './quota/quota-options.js';
export {
  QuotaService,
  type Amounts,
  type ChangeOptions,
  type CounterBounds,
  type CounterState,
  type Quota,
  type QuotaChange,
  type QuotaMerge,
  type QuotaOptions,
  type QuotaReservation,
  type Reservation,
  type ReserveOptions,
} from './quota/quota-service.js';
export type { ClusterConnection } from './redis/cluster-connection.js';
export {
  quorum,
  type QuorumConnection,
  type QuorumOptions,
  type QuorumServer,
} from './redis/quorum-connection.js';
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
export { ScriptReplyError } from './script-errors.js';
export {
  ScriptService,
  type ScriptInput,
  type ScriptKeys,
  type ScriptRun,
} from './scripts/script-service.js';
export type { Schema, SchemaIssue, SchemaResult } from './scripts/standard-schema.js';
export { undeclaredKeys } from './scripts/undeclared-keys.js';
export {
  defineScript,
  type AnyUserScript,
  type ScriptAnswer,
  type ScriptSpec,
  type ScriptValue,
  type UserScript,
} from './scripts/user-script.js';
export { PermitGuard, type PermitProof } from './semaphore/permit-guard.js';
export { permitOptionFaults } from './semaphore/semaphore-options.js';
export {
  SemaphoreService,
  type PermitOptions,
  type PermitRunOptions,
  type PermitTraits,
  type PreparedPermitOptions,
  type SemaphoreInspection,
  type TryPermitOptions,
  type TryPermitRunOptions,
} from './semaphore/semaphore-service.js';
export {
  SystemClock,
  systemClock,
  type CancelTimer,
  type Clock,
  type ClockSources,
  type TimerHold,
} from './time/clock.js';
export { parseDuration, type Duration } from './time/duration.js';
