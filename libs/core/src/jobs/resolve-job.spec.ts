import { describe, expect, it } from 'vitest';
import { LockConfigError } from '../errors.js';
import { heldFrom, policiesOf } from './job-definition.js';
import type { JobOptions } from './job-options.js';
import { resolveJob } from './resolve-job.js';

const JOB = { name: 'report', cron: '0 3 * * *' } as const;

function faultsOf(options: object): readonly string[] {
  try {
    resolveJob({ ...JOB, ...options });
    return [];
  } catch (error) {
    if (LockConfigError.is(error)) return error.faults;
    throw error;
  }
}

describe('options of a job', () => {
  it('have defaults that run each tick once, and make up for nothing', () => {
    const { own, version } = resolveJob(JOB);
    expect(version).toBeUndefined();
    expect(own.is).toEqual({
      cron: '0 3 * * *',
      timeZone: 'UTC',
      overlap: 'skip',
      missed: 'skip',
      latenessMs: 10_000,
      catchUpMs: 3_600_000,
      onCrash: 'record',
      attempts: 3,
      timeoutMs: undefined,
      overdueAfterMs: 86_400_000,
      tries: 1,
      backoffMs: 1_000,
      jitterMs: 0,
      ttlMs: 30_000,
      keep: 500,
      keepMs: 2_592_000_000,
    });
  });

  it.each([
    ['* * * * * *', 500],
    ['*/2 * * * * *', 1_000],
    ['0,3 * * * * *', 1_500],
    ['* * * * *', 10_000],
    ['0 3 * * *', 10_000],
  ] as const)(
    'P8.2: take half of the shortest period of %s for the lateness, 10 s at most',
    (cron, latenessMs) => {
      expect(resolveJob({ ...JOB, cron }).own.is.latenessMs).toBe(latenessMs);
    },
  );

  it.each([
    ['* * * * * *', 60_000],
    ['*/5 * * * *', 300_000],
    ['0 3 * * *', 86_400_000],
  ] as const)(
    'take the shortest period of %s for what is overdue, a minute at least',
    (cron, overdueAfterMs) => {
      expect(resolveJob({ ...JOB, cron }).own.is.overdueAfterMs).toBe(overdueAfterMs);
      expect(resolveJob({ ...JOB, cron, overdueAfter: '2h' }).own.is.overdueAfterMs).toBe(7_200_000);
    },
  );

  it.each<[string, object, string]>([
    ['an unknown option', { overlaps: 'skip' }, 'overlaps: unknown option'],
    ['an unknown option of retry', { retry: { times: 3 } }, 'retry.times: unknown option'],
    ['an unknown option of history', { history: { size: 3 } }, 'history.size: unknown option'],
    ['a bad name', { name: '' }, 'name: "" must not be empty'],
    ['a bad expression', { cron: 'often' }, 'expression: "often"'],
    ['a bad zone', { timeZone: 'Mars/Base' }, 'timeZone: "Mars/Base"'],
    ['a bad policy', { overlap: 'wait' }, `overlap: "wait" must be 'skip', 'queue-one'`],
    ['another', { missed: 'some' }, `missed: "some" must be 'skip', 'last' or 'all'`],
    ['a third', { onCrash: 'retry' }, `onCrash: "retry" must be 'record' or 'rerun'`],
    ['no attempt', { attempts: 0 }, 'attempts: 0 must be a whole number from 1'],
    ['half a try', { retry: { tries: 1.5 } }, 'retry.tries: 1.5 must be a whole number'],
    ['a history without end', { history: { keep: Infinity } }, 'history.keep: Infinity must be'],
    ['a version that is none', { version: 0 }, 'version: 0 must be'],
    ['a short ttl', { ttl: 5 }, 'ttl: 5 must be at least 100 ms'],
    ['a jitter as long as the period', { cron: '* * * * *', jitter: '1m' }, 'jitter: 60000 ms must not be'],
    ['a describer that is none', { describeError: 'no' }, 'describeError: "no" must be a function'],
  ])('are refused with %s', (_, options, fault) => {
    expect(faultsOf(options)).toEqual([expect.stringContaining(fault)]);
  });

  it('are refused with all faults at once', () => {
    expect(faultsOf({ overlap: 'x', missed: 'y', ttl: 'z', cron: '1' })).toHaveLength(4);
  });
});

describe('a definition', () => {
  const hashOf = (options: Partial<JobOptions> = {}): string => resolveJob({ ...JOB, ...options }).own.hash;

  it('P8.5: has one hash in every process, and another with each option that matters', () => {
    const different: Partial<JobOptions>[] = [
      {},
      { cron: '0 4 * * *' },
      { timeZone: 'Europe/Berlin' },
      { overlap: 'allow' },
      { missed: 'all' },
      { onCrash: 'rerun' },
      { jitter: 5 },
      { ttl: 500 },
    ];
    expect(hashOf()).toBe(hashOf());
    expect(new Set(different.map(hashOf)).size).toBe(different.length);
  });

  it('is read from its text by another process, and is the same then', () => {
    const { own } = resolveJob({ ...JOB, timeZone: 'Europe/Berlin', timeout: '5m', missed: 'last' });
    const read = heldFrom(own.text);
    expect([read?.hash, read?.is]).toEqual([own.hash, own.is]);
    expect(read?.schedule?.next(0)).toBe(own.schedule?.next(0));
  });

  it.each(['', 'null', '{}', '[]', '{"cron":7}', '{"cron":"often","timeZone":"UTC"}'])(
    'cannot be read from %s',
    (text) => {
      expect(heldFrom(text)).toBeUndefined();
    },
  );

  it('of a later version, which has a policy that is not known here, cannot be read', () => {
    const { own } = resolveJob(JOB);
    expect(heldFrom(own.text.replace('"skip"', '"merge"'))).toBeUndefined();
    expect(heldFrom(own.text.replace('UTC', 'Mars/Base'))).toBeUndefined();
  });

  it('counts attempts only where a run is tried again', () => {
    expect(policiesOf(resolveJob({ ...JOB, attempts: 5 }).own.is).attempts).toBe(1);
    expect(policiesOf(resolveJob({ ...JOB, attempts: 5, onCrash: 'rerun' }).own.is).attempts).toBe(5);
  });
});
