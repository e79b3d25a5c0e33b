/** Reads INFO for what makes a server lose locks. */

import type { HostRole } from './host-role.js';
import type { ServerFinding } from './script-host.js';
import type { WantedReplicas } from './wanted-replicas.js';

const OLDEST: readonly [number, number] = [6, 2];

type Read = (field: string) => string | undefined;

/** What INFO says that matters to locks, of a single server or of one that is known to be a node of a cluster. */
export function findUnsafe(
  info: string,
  { isNode = false, replicas }: Partial<Pick<HostRole, 'isNode' | 'replicas'>> = {},
): readonly ServerFinding[] {
  const read: Read = (field) => new RegExp(`^${field}:(.*?)\r?$`, 'm').exec(info)?.[1];
  const findings = replicas === undefined ? [] : aboutReplicas(read, replicas);
  const eviction = read('maxmemory_policy');
  if (eviction !== undefined && eviction !== 'noeviction') {
    findings.push({
      severity: 'unsafe',
      text: `maxmemory-policy is ${eviction}: Redis may evict a lock that is held; set noeviction`,
    });
  }
  if (read('role') === 'slave')
    findings.push({ severity: 'unsafe', text: 'the server is a replica and takes no locks' });
  if (!isNode && read('redis_mode') === 'cluster') {
    findings.push({
      severity: 'unsafe',
      text: 'the server is one node of a cluster; give connection: { cluster: [{ host, port }] }',
    });
  }
  const version = read('redis_version');
  if (version !== undefined && isOlder(version)) {
    findings.push({ severity: 'unsafe', text: `Redis ${version} is older than ${OLDEST.join('.')}` });
  }
  if (read('aof_enabled') === '0') {
    findings.push({
      severity: 'note',
      text: 'appendonly is off: a restart of Redis forgets who holds; fences still refuse stale writes',
    });
  }
  return findings;
}

function aboutReplicas(read: Read, { count }: WantedReplicas): ServerFinding[] {
  const connected = Number(read('connected_slaves') ?? 0);
  const findings: ServerFinding[] = [];
  if (count === undefined || connected < count)
    findings.push({
      severity: 'note',
      text: `${connected} of ${count ?? 'an unknown number of'} replicas are connected: nothing is granted before all of them are`,
    });
  // Said only where it is set.
  if (read('min_slaves_good_slaves') === undefined)
    findings.push({
      severity: 'note',
      text: 'min-replicas-to-write is 0: a primary without replicas goes on granting to those who do not ask for them; set 1',
    });
  return findings;
}

function isOlder(version: string): boolean {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  return major < OLDEST[0] || (major === OLDEST[0] && minor < OLDEST[1]);
}
