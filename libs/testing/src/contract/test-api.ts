/** The little that the suites need of a test framework: Vitest, Jest, Mocha and `node:test` all have it. */

/** Where tests are registered. The suites bring their own assertions, so there is no `expect` in it. */
export interface TestApi {
  describe(title: string, register: () => void): unknown;
  readonly it: {
    (title: string, run: () => Promise<void>): unknown;
    /** For what a store cannot do and says so. */
    skip?(title: string, run: () => Promise<void>): unknown;
  };
}
