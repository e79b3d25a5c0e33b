/** Every contract of this library on one store. */
import {
  jobContract,
  latchContract,
  limiterContract,
  lockContract,
  onceContract,
  quotaContract,
  semaphoreContract,
  type ContractSuite,
  type TestApi,
} from '@holdfast/testing';

export function allContracts(suite: ContractSuite, test: TestApi): void {
  jobContract(suite, test);
  allButJobs(suite, test);
}

/** That of jobs waits the longest: where time is real, it is played beside the others. */
export function allButJobs(suite: ContractSuite, test: TestApi): void {
  lockContract(suite, test);
  semaphoreContract(suite, test);
  limiterContract(suite, test);
  quotaContract(suite, test);
  onceContract(suite, test);
  latchContract(suite, test);
}
