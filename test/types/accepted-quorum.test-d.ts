/** What a quorum may be made of, and what not. Compiled only. */
import { HoldfastModule, quorum, type HoldfastConnection } from '@holdfast/nest';
import { embedded } from '@holdfast/embedded';
import { Redis } from 'ioredis';

const server = embedded();

/** Each element is what leads to one server. */
export const connections: readonly HoldfastConnection[] = [
  quorum(['redis://a', 'rediss://b:7000/1', 'redis://c']),
  quorum([{ host: 'a' }, new Redis({ lazyConnect: true }), () => new Redis({ lazyConnect: true })]),
  quorum([server, 'redis://b', { sentinels: [{ host: 's', port: 26_379 }], name: 'c' }], {
    longestTtl: '90s',
  }),
];

export const module = HoldfastModule.forRoot({
  connection: quorum(['redis://a', 'redis://b', 'redis://c'], { longestTtl: 60_000 }),
  namespace: 'shop',
  jobs: { enabled: false },
});

// @ts-expect-error -- a port alone leads nowhere
export const ofPorts = quorum([7_000, 7_001, 7_002]);
// @ts-expect-error -- a cluster is many servers
export const ofClusters = quorum([{ cluster: [{ host: 'a', port: 7_000 }] }, 'redis://b', 'redis://c']);
// @ts-expect-error -- a quorum is many servers
export const ofQuorums = quorum([quorum(['redis://a', 'redis://b', 'redis://c']), 'redis://d', 'redis://e']);
// @ts-expect-error -- no duration
export const forHowLong = quorum(['redis://a', 'redis://b', 'redis://c'], { longestTtl: '1 minute' });
