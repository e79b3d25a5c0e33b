/** `@holdfast/testing/nest`: locks for tests of Nest applications. Needs `@holdfast/nest` and `@holdfast/embedded`. */
export { LockTesting, type LockTestingOptions } from './lock-testing/lock-testing.js';
export {
  HoldfastTestingModule,
  lockTesting,
  type HoldfastTestingOptions,
} from './nest/holdfast-testing.module.js';
