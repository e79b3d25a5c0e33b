import { describe, expect, it } from 'vitest';
import { DST_RULE, scheduleIdentity } from './schedule-identity.js';

describe('the identity of a schedule', () => {
  it('P8.5: holds all that its ticks depend on, the data of time zones too', () => {
    expect(scheduleIdentity('30 2 * * *', 'Europe/Berlin')).toEqual([
      '30 2 * * *',
      'Europe/Berlin',
      process.versions.tz,
      DST_RULE,
    ]);
    expect(process.versions.tz).toMatch(/^\d{4}[a-z]/);
  });

  it('is the same however an expression is spaced, and another one for any other difference', () => {
    const identity = scheduleIdentity('30 2 * * *', 'UTC');
    expect(scheduleIdentity(' 30  2\t* * * ', 'UTC')).toEqual(identity);
    expect(scheduleIdentity('30 02 * * *', 'UTC')).not.toEqual(identity);
    expect(scheduleIdentity('30 2 * * *', 'Etc/UTC')).not.toEqual(identity);
  });
});
