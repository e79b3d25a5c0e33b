/**
 * `@ClusterCron` leaves the method as it is and writes down at its class that it is a job. At boot the explorer defines
 * the job, which calls the method by its name on the object that Nest made: what other decorators put around it, above
 * or below, is called like by anybody else.
 */
import type { ClusterCronDecorator, ClusterCronOptions } from './cluster-cron-options.js';
import { instanceFault, methodAt, type Method } from './decorated-place.js';
import { recordJobMethod } from './job-method.js';
import { declareSlot, jobSlot } from './wiring.js';

/**
 * Runs the method by the clock, each tick once whatever the number of replicas. Needs no `ScheduleModule`.
 *
 * The job is defined when the application is up (`onApplicationBootstrap`), and not run in a process whose module says
 * `jobs: { enabled: false }`. The method is called on the provider with the `JobRun` as its only argument; what it
 * throws makes the run a failed one, which is logged once and kept in the history. When the run stops being true (its
 * lease is lost, its `timeout` is over, a later run wants to begin), `run.signal` aborts.
 *
 * @param expression - Five fields, or six with seconds in front, in the `timeZone` of the options.
 * @throws LockConfigError when the class is loaded, on static methods, accessors, properties and generators; at boot,
 *   together with all others, for options that cannot work, for two jobs of one name, for a class that is made anew for
 *   each request, and for a method that `@nestjs/schedule` calls, too
 * @example `@ClusterCron('0 3 * * *', { name: 'close-books', timeZone: 'Europe/Berlin', missed: 'last' })`
 */
export function ClusterCron(expression: string, options: ClusterCronOptions): ClusterCronDecorator;
export function ClusterCron(expression: string, options: ClusterCronOptions) {
  return (target: object, property: string | symbol, descriptor?: PropertyDescriptor): void => {
    const place = { decorator: '@ClusterCron', needs: 'run on', target, property, descriptor };
    methodAt(place, (method) => optionsFault(options) ?? kindFault(method));
    const { instance, ...rest } = options;
    declareSlot(target, jobSlot(instance));
    recordJobMethod(target, { property, expression, options: rest, instance });
  };
}

function optionsFault(options: unknown): string | undefined {
  return typeof options === 'object' && options !== null
    ? instanceFault(options)
    : "name: must be given, as in @ClusterCron('0 3 * * *', { name: 'close-books' })";
}

function kindFault(method: Method): string | undefined {
  const kind = Object.prototype.toString.call(method);
  return /Generator/.test(kind)
    ? 'it works on methods that return a promise; nobody would read what a generator yields'
    : undefined;
}
