import { partsOfIdentity } from '../jobs/job-store.js';
import type { RenewMember } from '../lease/lease-store.js';
import type { KeySpace } from './keys.js';
import type { ScriptCall } from './script-host.js';
import { jobRenew } from './scripts.generated.js';

/** Renewals of runs in one call of `job/renew`. */
export class RenewRunsCall implements ScriptCall {
  /** It compares a token, and no release of it is sent before it is answered. */
  readonly inAnyOrder = true;
  readonly forReplicas = true;
  readonly script = jobRenew;
  readonly keys: readonly string[];
  readonly args: readonly (string | number)[];

  constructor(members: readonly RenewMember[], keys: KeySpace) {
    const runs = members.map(({ identity, token, ttlMs }) => ({
      parts: partsOfIdentity(identity),
      token,
      ttlMs,
    }));
    this.keys = runs.flatMap(({ parts: [job] }) => [keys.job(job).running, keys.job(job).runs]);
    this.args = runs.flatMap(({ parts: [, run], token, ttlMs }) => [run, token, ttlMs]);
  }
}
