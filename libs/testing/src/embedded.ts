/** `@holdfast/testing/embedded`: locks in memory for tests, on a clock that the test moves. Needs `@holdfast/embedded`. */
export { LockTesting, type LockTestingOptions } from './lock-testing/lock-testing.js';
