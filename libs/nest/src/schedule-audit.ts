/** Holds decorated methods against the schedule that `@nestjs/schedule` will call them by. We only read its metadata. */
import type { LockedMethod } from './locked-method.js';

/** What `@Cron`, `@Interval` and `@Timeout` leave on a method. */
const SCHEDULER_TYPE = 'SCHEDULER_TYPE';

/** What the boot has to say about one method. */
export interface ScheduleAudit {
  readonly scheduled: boolean;
  readonly fault?: string;
  readonly warning?: string;
}

/**
 * Looks at the method where it was decorated and where `prototype` may have overridden it, which is what the schedule
 * calls and from where `super` leads here.
 */
export function auditSchedule(method: LockedMethod, prototype: object): ScheduleAudit {
  const scheduled = [method.prototype, prototype].some((at) =>
    isScheduled(Reflect.get(at, method.property, at)),
  );
  const { options } = method;
  // Several replicas are to run it, and those that have no permit may wait; or one of them, and the others get its result.
  if (!scheduled || 'permits' in options || 'remember' in options) return { scheduled };
  const { whenBusy, holdAtLeast } = options;
  if (whenBusy === undefined) {
    const fault =
      `${method.label}: whenBusy: undefined must be given on a scheduled method, or each replica would wait and then ` +
      "do the same work in turn; say whenBusy: 'skip' with holdAtLeast to run it on one of them, or whenBusy: 'throw'";
    return { scheduled, fault };
  }
  if (whenBusy !== 'skip' || holdAtLeast !== undefined) return { scheduled };
  const warning =
    `${method.label} skips when busy but has no holdAtLeast: if it is done before a replica whose clock is behind ` +
    "gets to it, that one runs it again. Add holdAtLeast: '5s', longer than clocks differ and shorter than the schedule";
  return { scheduled, warning };
}

/** Whether `@nestjs/schedule` calls this function. */
export function isScheduled(value: unknown): boolean {
  return typeof value === 'function' && Reflect.hasMetadata(SCHEDULER_TYPE, value);
}
