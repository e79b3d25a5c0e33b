/** `@holdfast/testing`: what it takes to test code that holds locks. Needs nothing but core. */
export { BypassJobs, bypassJobs } from './bypass/bypass-jobs.js';
export { BypassRun, bypassRun, type BypassRunOptions } from './bypass/bypass-run.js';
export type { BypassCall } from './bypass/bypass-call.js';
export { BypassLocks, bypassLocks } from './bypass/bypass-locks.js';
export { jobContract } from './contract/job-contract.js';
export { latchContract } from './contract/latch-contract.js';
export { limiterContract } from './contract/limiter-contract.js';
export { lockContract } from './contract/lock-contract.js';
export { onceContract } from './contract/once-contract.js';
export { quotaContract } from './contract/quota-contract.js';
export { semaphoreContract } from './contract/semaphore-contract.js';
export type { ContractSubject, ContractSuite, InstanceOptions, MortalHoldfast } from './contract/subject.js';
export type { TestApi } from './contract/test-api.js';
export { faulty, type FaultyProvider } from './faulty/faulty.js';
export type { FailureScope, Faults, FaultScope } from './faulty/faults.js';
export { checkHistory, type HistoryEvent, type HistoryViolation } from './fencing/check-history.js';
export { FencedResource, type FencedWrite } from './fencing/fenced-resource.js';
export {
  tryScript,
  type AskRedis,
  type KeyContent,
  type ScriptTrial,
  type TrialKeyspace,
  type TrialOutcome,
} from './script-trial.js';
