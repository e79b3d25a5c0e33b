/** What to inject. Symbols are registered globally, so that two copies of this package agree on them. */
import { Inject, type InjectionToken } from '@nestjs/common';
import {
  Inspector,
  JobService,
  LeaderService,
  LockService,
  RateLimiterService,
  SemaphoreService,
  type Holdfast,
} from '@holdfast/core';
import { HoldfastHealthIndicator } from './health.indicator.js';

/**
 * The token of the lock service of an instance: the class `LockService` itself for the unnamed one, a symbol for a
 * named one. `@WithLock` injects the same token, so overriding it in a test reaches decorated methods too.
 *
 * @param instance - The `instance` given to `HoldfastModule.forRoot`; leave it out for the unnamed one.
 */
export function getLockServiceToken(instance?: string): InjectionToken<LockService> {
  return instance === undefined ? LockService : Symbol.for(`@holdfast/nest LockService "${instance}"`);
}

/**
 * The token of the leader service of an instance: the class `LeaderService` itself for the unnamed one, a symbol for a
 * named one. `@OnlyLeader` injects the same token.
 *
 * @param instance - The `instance` given to `HoldfastModule.forRoot`; leave it out for the unnamed one.
 */
export function getLeaderServiceToken(instance?: string): InjectionToken<LeaderService> {
  return instance === undefined ? LeaderService : Symbol.for(`@holdfast/nest LeaderService "${instance}"`);
}

/**
 * The token of the semaphore service of an instance: the class `SemaphoreService` itself for the unnamed one, a symbol for
 * a named one. `@WithPermit` injects the same token.
 *
 * @param instance - The `instance` given to `HoldfastModule.forRoot`; leave it out for the unnamed one.
 */
export function getSemaphoreServiceToken(instance?: string): InjectionToken<SemaphoreService> {
  return instance === undefined
    ? SemaphoreService
    : Symbol.for(`@holdfast/nest SemaphoreService "${instance}"`);
}

/**
 * The token of the limiters of an instance: the class `RateLimiterService` itself for the unnamed one, a symbol for a named
 * one. `@RateLimit` injects the same token.
 *
 * @param instance - The `instance` given to `HoldfastModule.forRoot`; leave it out for the unnamed one.
 */
export function getRateLimiterServiceToken(instance?: string): InjectionToken<RateLimiterService> {
  return instance === undefined
    ? RateLimiterService
    : Symbol.for(`@holdfast/nest RateLimiterService "${instance}"`);
}

/**
 * The token of the job service of an instance: the class `JobService` itself for the unnamed one, a symbol for a named
 * one. Jobs of `@ClusterCron` are defined in what is provided under it.
 *
 * @param instance - The `instance` given to `HoldfastModule.forRoot`; leave it out for the unnamed one.
 */
export function getJobServiceToken(instance?: string): InjectionToken<JobService> {
  return instance === undefined ? JobService : Symbol.for(`@holdfast/nest JobService "${instance}"`);
}

/**
 * The token of the inspector of an instance: the class `Inspector` itself for the unnamed one, a symbol for a named one.
 *
 * @param instance - The `instance` given to `HoldfastModule.forRoot`; leave it out for the unnamed one.
 */
export function getInspectorToken(instance?: string): InjectionToken<Inspector> {
  return instance === undefined ? Inspector : Symbol.for(`@holdfast/nest Inspector "${instance}"`);
}

/**
 * The token of the health indicator of an instance: the class `HoldfastHealthIndicator` itself for the unnamed one, a
 * symbol for a named one.
 *
 * @param instance - The `instance` given to `HoldfastModule.forRoot`; leave it out for the unnamed one.
 */
export function getHealthIndicatorToken(instance?: string): InjectionToken<HoldfastHealthIndicator> {
  return instance === undefined
    ? HoldfastHealthIndicator
    : Symbol.for(`@holdfast/nest HoldfastHealthIndicator "${instance}"`);
}

/** The token of the whole instance: locks, semaphores, limiters, jobs, leaders, inspector, namespace, `health`, `drain` and `close`. */
export function getHoldfastToken(instance?: string): InjectionToken<Holdfast> {
  return Symbol.for(
    instance === undefined ? '@holdfast/nest Holdfast' : `@holdfast/nest Holdfast "${instance}"`,
  );
}

/** Injects the `LockService` of an instance; for the unnamed one the type alone is enough. */
export function InjectLockService(instance?: string): PropertyDecorator & ParameterDecorator {
  return Inject(getLockServiceToken(instance));
}

/** Injects the `LeaderService` of an instance; for the unnamed one the type alone is enough. */
export function InjectLeaderService(instance?: string): PropertyDecorator & ParameterDecorator {
  return Inject(getLeaderServiceToken(instance));
}

/** Injects the `SemaphoreService` of an instance; for the unnamed one the type alone is enough. */
export function InjectSemaphoreService(instance?: string): PropertyDecorator & ParameterDecorator {
  return Inject(getSemaphoreServiceToken(instance));
}

/** Injects the `RateLimiterService` of an instance; for the unnamed one the type alone is enough. */
export function InjectRateLimiterService(instance?: string): PropertyDecorator & ParameterDecorator {
  return Inject(getRateLimiterServiceToken(instance));
}

/** Injects the `JobService` of an instance; for the unnamed one the type alone is enough. */
export function InjectJobService(instance?: string): PropertyDecorator & ParameterDecorator {
  return Inject(getJobServiceToken(instance));
}

/** Injects the `Inspector` of an instance; for the unnamed one the type alone is enough. */
export function InjectInspector(instance?: string): PropertyDecorator & ParameterDecorator {
  return Inject(getInspectorToken(instance));
}

/** Injects the `HoldfastHealthIndicator` of an instance; for the unnamed one the type alone is enough. */
export function InjectHealthIndicator(instance?: string): PropertyDecorator & ParameterDecorator {
  return Inject(getHealthIndicatorToken(instance));
}

/** Injects the whole instance, a `Holdfast`. */
export function InjectHoldfast(instance?: string): PropertyDecorator & ParameterDecorator {
  return Inject(getHoldfastToken(instance));
}
