import { faultsIn } from '../errors.js';
import type { JobOptions } from './job-options.js';
import { resolveJob } from './resolve-job.js';

/**
 * What is wrong with the options of a job, in one sentence each, without defining it; empty when nothing is. For
 * adapters that want to tell the faults of several jobs together, and for stand-ins of the service.
 */
export function jobOptionFaults(options: JobOptions): readonly string[] {
  return faultsIn(() => resolveJob(options));
}
