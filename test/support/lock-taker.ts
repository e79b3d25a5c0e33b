import { join } from 'node:path';
import { inject } from 'vitest';
import { startChild, type Child, type ChildOptions } from './child.js';

declare module 'vitest' {
  export interface ProvidedContext {
    lockTakerFolder: string;
  }
}

/** Starts one of the programs of `apps/lock-taker`. */
export function startLockTaker(
  program: 'main' | 'job-main' | 'endurance-main',
  options: ChildOptions,
): Child {
  return startChild(join(inject('lockTakerFolder'), `${program}.mjs`), options);
}
