/** P9 where the connection is concerned: prefixes, channels, options that must not leak in, and timers of a real process. */
import { createHoldfast } from '@holdfast/core';
import { Redis } from 'ioredis';
import { describe, expect, it, onTestFinished } from 'vitest';
import { startChild } from '../../support/child.js';
import { within } from '../../support/eventually.js';
import { keysBelow } from '../../support/keyspace.js';
import { uniqueNamespace } from '../../support/namespace.js';
import { startRedis } from '../../support/redis-server.js';

describe('a connection of the user', () => {
  it.each(['{}x', '{a}', 'app:', '%7B'])(
    'P9 with the prefix %s becomes part of the namespace, and hash tags stay whole',
    async (keyPrefix) => {
      const server = await startRedis();
      onTestFinished(() => server.stop());
      const theirs = new Redis(server.port, { keyPrefix });
      onTestFinished(() => theirs.disconnect());
      const namespace = uniqueNamespace();
      const open = () => createHoldfast({ connection: theirs, namespace });
      const [one, two] = [await open(), await open()];
      onTestFinished(async () => void (await Promise.all([one.close(0), two.close(0)])));
      const held = await one.locks.acquire('order');
      const waiting = two.locks.acquire('order', { wait: 5_000 });
      const escaped = keyPrefix.replace(
        /[%{}]/g,
        (sign) => `%${sign.charCodeAt(0).toString(16).toUpperCase()}`,
      );
      const keys = await keysBelow(server.client(), '');
      for (const key of keys) expect(key.startsWith(`hf1:${escaped}${namespace}:`)).toBe(true);
      expect(keys.filter((key) => key.includes(':{order}:')).length).toBeGreaterThanOrEqual(2);
      await held.release();
      const lease = await within(900, 'the hand-off by push', waiting);
      expect(lease.held).toBe(true);
    },
  );

  it('P9 with options of its own cannot make our calls wait in a queue or be sent again', async () => {
    const server = await startRedis();
    onTestFinished(() => server.stop());
    const theirs = new Redis(server.port, {
      enableOfflineQueue: true,
      maxRetriesPerRequest: null,
      commandTimeout: 5,
      enableAutoPipelining: true,
    });
    theirs.on('error', () => undefined);
    onTestFinished(() => theirs.disconnect());
    const holdfast = await createHoldfast({ connection: theirs, namespace: uniqueNamespace() });
    onTestFinished(() => holdfast.close(0));
    await server.kill('SIGKILL');
    const refused = holdfast.locks.acquire('order', { wait: 300 });
    await expect(refused).rejects.toMatchObject({ code: 'ERR_LOCK_UNAVAILABLE', condition: 'disconnected' });
  });
});

describe('a process that does nothing but wait for a lock', () => {
  it('P9 lives until it has its answer, and no longer', async () => {
    const child = startChild('test/integration/protocol/support/waits-alone.mjs');
    expect(await child.message({ outcome: 'ERR_LOCK_TIMEOUT' })).toBeDefined();
    expect(await within(3_000, 'its end', child.exited)).toEqual({ code: 0, signal: null });
  });
});
