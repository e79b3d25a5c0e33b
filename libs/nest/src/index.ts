/** `@holdfast/nest`: distributed locks and coordinated jobs for NestJS, as a module, services and decorators. */
export { HoldfastModule, type HoldfastOptionsFactory } from './holdfast.module.js';
export type {
  HoldfastModuleExtras,
  HoldfastModuleOptions,
  HttpFilterOptions,
  ShutdownOptions,
} from './module-options.js';
export {
  getHealthIndicatorToken,
  getHoldfastToken,
  getInspectorToken,
  getJobServiceToken,
  getLatchServiceToken,
  getLeaderServiceToken,
  getLockServiceToken,
  getOnceServiceToken,
  getQuotaServiceToken,
  getRateLimiterServiceToken,
  getScriptServiceToken,
  getSemaphoreServiceToken,
} from './tokens.js';
export {
  InjectHealthIndicator,
  InjectHoldfast,
  InjectInspector,
  InjectJobService,
  InjectLatchService,
  InjectLeaderService,
  InjectLockService,
  InjectOnceService,
  InjectQuotaService,
  InjectRateLimiterService,
  InjectScriptService,
  InjectSemaphoreService,
} from './inject.js';
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
export { WithPermit } from './with-permit.decorator.js';
export type { WithPermitOptions } from './with-permit-options.js';
export { Once } from './once.decorator.js';
export type { DoableOnce, OnceMethodDecorator, OnceMethodOptions } from './once-options.js';
export { RateLimit } from './rate-limit.decorator.js';
export type { RateLimitOptions } from './rate-limit-options.js';
export { HoldfastThrottlerStorage, type ThrottlerHit } from './throttler-storage.js';
export { OnlyLeader } from './only-leader.decorator.js';
export type { Leadable, LedMethodDecorator, OnlyLeaderOptions } from './only-leader-options.js';
export { leadership$ } from './leadership.js';
export { wireLeaders, wireLocks, wireOnce, wireSemaphores } from './wiring.js';
export {
  HoldfastHealthIndicator,
  type HealthIndicatorOptions,
  type HealthEntries,
  type HealthEntry,
  type HealthStatus,
} from './health.indicator.js';
export { LockExceptionFilter } from './lock-exception.filter.js';
export { LockHttpException, toHttpException, type ContendedStatus } from './http-exception.js';
export * from './of-core.js';
