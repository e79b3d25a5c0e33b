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

/** @param withJobs - whether that of jobs is among them, which waits the longest */
export function allContracts(suite: ContractSuite, test: TestApi, { withJobs = true } = {}): void {
  for (const contract of [
    lockContract,
    ...(withJobs ? [jobContract] : []),
    semaphoreContract,
    limiterContract,
    quotaContract,
    onceContract,
    latchContract,
  ])
    contract(suite, test);
}
