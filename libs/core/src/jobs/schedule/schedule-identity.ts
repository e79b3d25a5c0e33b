/** What two processes must agree on to agree on ticks. */
import { tidied } from './cron-expression.js';

/** The rule for changed clocks. Raised when an expression may give other ticks than it did before. */
export const DST_RULE = 'reached-1';

/**
 * The parts of a schedule that the hash of a definition has to contain: expression, zone, the version of the time zone
 * data of this process, and the rule. Replicas that differ in one of them may differ in their ticks.
 */
export function scheduleIdentity(expression: string, timeZone: string): readonly string[] {
  return [tidied(expression), timeZone, process.versions.tz ?? 'unknown', DST_RULE];
}
