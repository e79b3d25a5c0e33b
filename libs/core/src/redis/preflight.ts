/** Reads INFO for what makes a server lose locks. */

import type { ServerFinding } from './script-host.js';

const OLDEST: readonly [number, number] = [6, 2];

/** What INFO says that matters to locks, of a single server or of one that is known to be a node of a cluster. */
export function findUnsafe(info: string, isNode = false): readonly ServerFinding[] {
  const read = (field: string): string | undefined => new RegExp(`^${field}:(.*?)\r?$`, 'm').exec(info)?.[1];
  const findings: ServerFinding[] = [];
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

function isOlder(version: string): boolean {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  return major < OLDEST[0] || (major === OLDEST[0] && minor < OLDEST[1]);
}
