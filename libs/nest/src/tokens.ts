/**
 * What to inject. The services of the unnamed instance are injected by their classes, those of a named one by symbols; the
 * functions take the `instance` given to `HoldfastModule.forRoot`, and nothing for the unnamed one. Symbols are registered
 * globally, so that two copies of this package agree on them.
 */
import type { InjectionToken } from '@nestjs/common';
import {
  Inspector,
  JobService,
  LatchService,
  LeaderService,
  LockService,
  OnceService,
  QuotaService,
  RateLimiterService,
  ScriptService,
  SemaphoreService,
  type Holdfast,
} from '@holdfast/core';
import { HoldfastHealthIndicator } from './health.indicator.js';

/** @param name - of the service, spelled out: minifiers change the names of classes */
function tokenOf<Service>(
  service: InjectionToken<Service>,
  name: string,
  instance: string | undefined,
): InjectionToken<Service> {
  return instance === undefined ? service : Symbol.for(`@holdfast/nest ${name} "${instance}"`);
}

/** The token of the lock service of an instance. `@WithLock` injects the same token, so overriding it in a test reaches decorated methods too. */
export function getLockServiceToken(instance?: string): InjectionToken<LockService> {
  return tokenOf(LockService, 'LockService', instance);
}

/** The token of the leader service of an instance. `@OnlyLeader` injects the same token. */
export function getLeaderServiceToken(instance?: string): InjectionToken<LeaderService> {
  return tokenOf(LeaderService, 'LeaderService', instance);
}

/** The token of the semaphore service of an instance. `@WithPermit` injects the same token. */
export function getSemaphoreServiceToken(instance?: string): InjectionToken<SemaphoreService> {
  return tokenOf(SemaphoreService, 'SemaphoreService', instance);
}

/** The token of the rate limiters of an instance. `@RateLimit` injects the same token. */
export function getRateLimiterServiceToken(instance?: string): InjectionToken<RateLimiterService> {
  return tokenOf(RateLimiterService, 'RateLimiterService', instance);
}

/** The token of the quotas of an instance. */
export function getQuotaServiceToken(instance?: string): InjectionToken<QuotaService> {
  return tokenOf(QuotaService, 'QuotaService', instance);
}

/** The token of what is done once, of an instance. `@Once` injects the same token. */
export function getOnceServiceToken(instance?: string): InjectionToken<OnceService> {
  return tokenOf(OnceService, 'OnceService', instance);
}

/** The token of the latches and barriers of an instance. */
export function getLatchServiceToken(instance?: string): InjectionToken<LatchService> {
  return tokenOf(LatchService, 'LatchService', instance);
}

/** The token of the scripts of an instance. */
export function getScriptServiceToken(instance?: string): InjectionToken<ScriptService> {
  return tokenOf(ScriptService, 'ScriptService', instance);
}

/** The token of the job service of an instance. Jobs of `@ClusterCron` are defined in what is provided under it. */
export function getJobServiceToken(instance?: string): InjectionToken<JobService> {
  return tokenOf(JobService, 'JobService', instance);
}

/** The token of the inspector of an instance. */
export function getInspectorToken(instance?: string): InjectionToken<Inspector> {
  return tokenOf(Inspector, 'Inspector', instance);
}

/** The token of the health indicator of an instance. */
export function getHealthIndicatorToken(instance?: string): InjectionToken<HoldfastHealthIndicator> {
  return tokenOf(HoldfastHealthIndicator, 'HoldfastHealthIndicator', instance);
}

/** The token of the whole instance: its services, namespace, `health`, `drain` and `close`. It has no class. */
export function getHoldfastToken(instance?: string): InjectionToken<Holdfast> {
  return Symbol.for(
    instance === undefined ? '@holdfast/nest Holdfast' : `@holdfast/nest Holdfast "${instance}"`,
  );
}
