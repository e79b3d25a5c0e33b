/** Methods that carry `@ClusterCron`, written down at their class. */
import type { JobOptions } from '@holdfast/core';

/** What one `@ClusterCron` said. */
export interface JobMethod {
  readonly property: string | symbol;
  readonly expression: string;
  readonly options: Omit<JobOptions, 'cron'>;
  readonly instance: string | undefined;
}

/** Where they are written down, beside what Nest keeps on the class. */
const JOB_METHODS = Symbol.for('@holdfast/nest job methods');

/** Writes down a decorated method at its class. */
export function recordJobMethod(prototype: object, method: JobMethod): void {
  Reflect.defineMetadata(JOB_METHODS, [...ownJobMethods(prototype), method], prototype);
}

/**
 * The jobs of a class and of the classes it extends. An override is run in the place of what it overrides; one that
 * carries the decorator itself has only its own jobs.
 */
export function jobMethodsOf(prototype: object | null): JobMethod[] {
  const found: JobMethod[] = [];
  for (let at = prototype; at !== null; at = Reflect.getPrototypeOf(at)) {
    const said = new Set(found.map(({ property }) => property));
    found.push(...ownJobMethods(at).filter(({ property }) => !said.has(property)));
  }
  return found;
}

function ownJobMethods(prototype: object): readonly JobMethod[] {
  const found: unknown = Reflect.getOwnMetadata(JOB_METHODS, prototype);
  return Array.isArray(found) ? found : [];
}
