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
  for (const contract of [
    lockContract,
    jobContract,
    semaphoreContract,
    limiterContract,
    quotaContract,
    onceContract,
    latchContract,
  ])
    contract(suite, test);
}
