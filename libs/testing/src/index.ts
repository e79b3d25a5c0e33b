/** `@holdfast/testing`: what it takes to test code that holds locks. Needs nothing but core. */
export { lockContract } from './contract/lock-contract.js';
export type {
  ContractSubject,
  InstanceOptions,
  LockContractSuite,
  MortalHoldfast,
} from './contract/subject.js';
export type { TestApi } from './contract/test-api.js';
export { checkHistory, type HistoryEvent, type HistoryViolation } from './fencing/check-history.js';
export { FencedResource, type FencedWrite } from './fencing/fenced-resource.js';
