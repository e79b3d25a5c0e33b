import { LockConfigError } from '../errors.js';
import type { JobOptions } from './job-options.js';
import { resolveJob } from './resolve-job.js';

/**
 * What is wrong with the options of a job, in one sentence each, without defining it; empty when nothing is. For
 * adapters that want to tell the faults of several jobs together, and for stand-ins of the service.
 */
export function jobOptionFaults(options: JobOptions): readonly string[] {
  try {
    resolveJob(options);
    return [];
  } catch (error) {
    if (LockConfigError.is(error)) return error.faults;
    throw error;
  }
}
