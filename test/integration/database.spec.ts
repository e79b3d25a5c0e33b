/** The number of the database that a URL names is where the locks are, or nowhere. */
import { createHoldfast, LockRefusedError } from '@holdfast/core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startRedis, type RedisServer } from '../support/redis-server.js';

describe('the database of a connection', () => {
  let server: RedisServer;
  beforeAll(async () => {
    server = await startRedis();
  });
  afterAll(() => server.stop());

  it('holds the keys', async () => {
    const holdfast = await createHoldfast({ connection: `${server.url}/3`, namespace: 'numbered' });
    await holdfast.locks.run('job', () => undefined);
    await holdfast.close();
    const admin = server.client();
    expect(await admin.keys('*')).toEqual([]);
    await admin.select(3);
    expect(await admin.keys('*')).toEqual(['hf1:numbered:{job}:fence']);
  });

  it('refuses every lock when it does not exist, instead of using another', async () => {
    const lines: string[] = [];
    const log = (_: string, line: string): number => lines.push(line);
    const holdfast = await createHoldfast({
      connection: `${server.url}/99`,
      namespace: 'numbered',
      connectTimeout: '300ms',
      log,
    });
    await expect(holdfast.locks.acquire('job')).rejects.toBeInstanceOf(LockRefusedError);
    await holdfast.close();
    expect(await server.client().keys('*')).toEqual([]);
    expect(lines.join('\n')).not.toContain('again');
  });

  it('stops the start when it does not exist and the preflight may refuse', async () => {
    const options = { namespace: 'numbered', connectTimeout: '300ms', preflight: 'refuse' } as const;
    await expect(createHoldfast({ connection: `${server.url}/99`, ...options })).rejects.toBeInstanceOf(
      LockRefusedError,
    );
  });
});
