/** What an instance on a quorum says of itself, and what it refuses. */
import { describe, expect, it } from 'vitest';
import { EmbeddedQuorum } from '../../../../test/quorum/support/embedded-quorum.js';
import { rejectionOf } from '../../../../test/support/holdfasts.js';
import { LockUnavailableError } from '../acquire-errors.js';
import { LockConfigError } from '../errors.js';

const EVERY_SECOND = { name: 'report', cron: '* * * * * *' };
const WAY_OUT = /a single Redis, and this one jobs: \{ enabled: false \}/;

describe('health', () => {
  it('is up with all servers, degraded without some, down without a majority', async () => {
    const servers = await EmbeddedQuorum.seated();
    const { holdfast, lines } = await servers.join();
    const status = async (): Promise<unknown> => {
      const health = await servers.settle(holdfast.health());
      return health.status === 'degraded'
        ? [health.status, health.missing.length, health.overdue]
        : [health.status, 'condition' in health ? health.condition : ''];
    };
    expect(await status()).toEqual(['up', '']);
    lines[2]?.freeze();
    expect(await status()).toEqual(['degraded', 1, []]);
    lines[1]?.disconnect();
    expect(await status()).toEqual(['down', 'no-quorum']);
    lines[1]?.reconnect();
    lines[2]?.thaw();
    expect(await status()).toEqual(['up', '']);
  });
});

describe('the list of replicas', () => {
  it('is read from all servers that answer, each once and as it was heard of last', async () => {
    const servers = await EmbeddedQuorum.seated();
    const [one, other] = [await servers.join({ replica: 'one' }), await servers.join({ replica: 'other' })];
    one.lines[0]?.disconnect();
    await servers.pass(30_000);
    other.lines[1]?.disconnect();
    const replicas = await servers.settle(other.holdfast.inspector.replicas());
    expect(new Set(replicas.map(({ replica }) => replica))).toEqual(new Set(['one', 'other']));
    expect(replicas).toHaveLength(2);
    for (const { silentMs } of replicas) expect(silentMs).toBeLessThan(6_000);
    other.lines[2]?.disconnect();
    const error = await servers.settle(rejectionOf(other.holdfast.inspector.replicas()));
    expect(LockUnavailableError.is(error) && error.condition).toBe('no-quorum');
  });

  it('forgets who leaves', async () => {
    const servers = await EmbeddedQuorum.seated();
    const [one, other] = [await servers.join(), await servers.join()];
    await servers.pass(10);
    await servers.settle(one.holdfast.close(0));
    expect(await servers.settle(other.holdfast.inspector.replicas())).toHaveLength(1);
  });
});

describe('jobs on a quorum', () => {
  it('are refused where one is defined or asked about, with the way out', async () => {
    const { jobs } = (await (await EmbeddedQuorum.seated()).join()).holdfast;
    expect(() => jobs.define(EVERY_SECOND, () => undefined)).toThrow(WAY_OUT);
    const asked = [
      jobs.pause('report'),
      jobs.resume('report'),
      jobs.runNow('report'),
      jobs.inspect('report'),
      jobs.history('report'),
    ];
    for (const one of asked) {
      const error = await rejectionOf(one);
      expect(LockConfigError.is(error) && error.message).toMatch(WAY_OUT);
    }
    expect([jobs.list(), jobs.nextRuns('report', 5)]).toEqual([[], []]);
  });

  it('may be known in a process that runs none', async () => {
    const { holdfast } = await (await EmbeddedQuorum.seated()).join({ jobs: { enabled: false } });
    holdfast.jobs.define(EVERY_SECOND, () => undefined);
    expect(await holdfast.stopJobs(0)).toBe(0);
    expect(() => holdfast.jobs.define({ ...EVERY_SECOND, cron: 'never' }, () => undefined)).toThrow(
      'expression',
    );
  });
});

describe('an election on a quorum', () => {
  it('has no preferred candidates, and says so', async () => {
    const servers = await EmbeddedQuorum.seated();
    const { leaders } = (await servers.join()).holdfast;
    expect(() => leaders.campaign('mayor', { preferred: true })).toThrow(
      'preferred: true must be left out; a quorum has no preferred candidates',
    );
    const campaign = leaders.campaign('mayor', { preferred: false });
    await servers.settle(campaign.whenLeader());
  });

  it('has terms no longer than a lock may be', async () => {
    const { leaders } = (await (await EmbeddedQuorum.seated()).join()).holdfast;
    expect(() => leaders.campaign('mayor', { ttl: '3s' })).toThrow('the longestTtl of the quorum');
  });
});

describe('the preflight', () => {
  async function said(
    prepare: (servers: EmbeddedQuorum) => void,
    servers: EmbeddedQuorum,
  ): Promise<string[]> {
    prepare(servers);
    const lines: string[] = [];
    const log = (_level: string, line: string): void => void lines.push(line);
    await servers.join({ preflight: 'warn', log });
    return lines;
  }

  it('says nothing of servers that have their seats', async () => {
    expect(await said(() => undefined, await EmbeddedQuorum.seated())).toEqual([]);
  });

  it('tells which servers have no vote yet, and for how long', async () => {
    const servers = await EmbeddedQuorum.seated();
    expect(await said(() => servers.empty(1), servers)).toEqual([
      expect.stringMatching(/embedded is new, was restarted or lost its data: it has no vote for 3 s$/),
    ]);
  });

  it('tells of a server that cannot be reached, and goes on', async () => {
    const servers = await EmbeddedQuorum.seated();
    const lines = await said(() => servers.server(0).faults.disconnect(), servers);
    expect(lines).toEqual([expect.stringMatching(/cannot be reached: disconnected$/)]);
  });

  it('is about no Redis at all where no majority can be reached', async () => {
    const servers = await EmbeddedQuorum.seated();
    for (const at of [0, 1]) servers.server(at).faults.disconnect();
    const refused = await rejectionOf(servers.join({ preflight: 'refuse', connectTimeout: 100 }));
    expect(LockUnavailableError.is(refused) && refused.condition).toBe('no-quorum');
    const lines = await said(() => undefined, servers);
    expect(lines).toEqual([expect.stringMatching(/^Starting without quorum:.*: no-quorum; locks fail/)]);
  });
});
