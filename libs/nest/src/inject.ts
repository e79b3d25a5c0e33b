/**
 * Decorators that inject what an instance offers. For the services of the unnamed instance their type alone is enough; these are
 * for those of a named one, and for the whole instance, which has no class.
 */
import { Inject } from '@nestjs/common';
import {
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

/** Injects the `LockService` of an instance. */
export function InjectLockService(instance?: string): PropertyDecorator & ParameterDecorator {
  return Inject(getLockServiceToken(instance));
}

/** Injects the `LeaderService` of an instance. */
export function InjectLeaderService(instance?: string): PropertyDecorator & ParameterDecorator {
  return Inject(getLeaderServiceToken(instance));
}

/** Injects the `SemaphoreService` of an instance. */
export function InjectSemaphoreService(instance?: string): PropertyDecorator & ParameterDecorator {
  return Inject(getSemaphoreServiceToken(instance));
}

/** Injects the `RateLimiterService` of an instance. */
export function InjectRateLimiterService(instance?: string): PropertyDecorator & ParameterDecorator {
  return Inject(getRateLimiterServiceToken(instance));
}

/** Injects the `QuotaService` of an instance. */
export function InjectQuotaService(instance?: string): PropertyDecorator & ParameterDecorator {
  return Inject(getQuotaServiceToken(instance));
}

/** Injects the `OnceService` of an instance. */
export function InjectOnceService(instance?: string): PropertyDecorator & ParameterDecorator {
  return Inject(getOnceServiceToken(instance));
}

/** Injects the `LatchService` of an instance. */
export function InjectLatchService(instance?: string): PropertyDecorator & ParameterDecorator {
  return Inject(getLatchServiceToken(instance));
}

/** Injects the `ScriptService` of an instance. */
export function InjectScriptService(instance?: string): PropertyDecorator & ParameterDecorator {
  return Inject(getScriptServiceToken(instance));
}

/** Injects the `JobService` of an instance. */
export function InjectJobService(instance?: string): PropertyDecorator & ParameterDecorator {
  return Inject(getJobServiceToken(instance));
}

/** Injects the `Inspector` of an instance. */
export function InjectInspector(instance?: string): PropertyDecorator & ParameterDecorator {
  return Inject(getInspectorToken(instance));
}

/** Injects the `HoldfastHealthIndicator` of an instance. */
export function InjectHealthIndicator(instance?: string): PropertyDecorator & ParameterDecorator {
  return Inject(getHealthIndicatorToken(instance));
}

/** Injects the whole instance, a `Holdfast`, of an instance. */
export function InjectHoldfast(instance?: string): PropertyDecorator & ParameterDecorator {
  return Inject(getHoldfastToken(instance));
}
