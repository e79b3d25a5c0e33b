/** The lease that a run holds: granted by a script of jobs, and from then on a lease like any other. */
import { validityMs } from '../lease/deadline.js';
import { HeldLease, type LeaseHome } from '../lease/held-lease.js';
import { firstRenewalAt } from '../lease/lease-keeper.js';
import { Tenure } from '../lease/tenure.js';
import type { JobDefinition } from './job-definition.js';
import { identityOfRun, type RunGrant } from './job-store.js';
import type { ResolvedJob } from './resolve-job.js';

/** Whose run it is, and who is told when its lease ends. */
interface RunOf {
  readonly job: ResolvedJob;
  readonly is: JobDefinition;
  readonly home: LeaseHome;
}

export function leaseOfRun(grant: RunGrant, token: string, { job, is, home }: RunOf): HeldLease {
  const { sentAt, fence, run } = grant;
  const { ttlMs } = is;
  const holdAtMostMs = is.timeoutMs ?? Infinity;
  const terms = { lockName: job.name, ttlMs, waitMs: 0, holdAtLeastMs: 0, holdAtMostMs };
  const tenure = new Tenure({ identity: identityOfRun(job.escapedName, run), terms }, token, {
    fence,
    grantedAt: home.clock.now(),
    sentAt,
    validMs: validityMs(ttlMs),
    renewAt: firstRenewalAt(sentAt, ttlMs),
  });
  return new HeldLease(tenure, terms, home);
}
