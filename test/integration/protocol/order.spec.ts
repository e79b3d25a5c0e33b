/** P1 on the wire: the order of calls, lost scripts, "yours", and what is never sent twice. */
import { nextTick } from 'node:process';
import { describe, expect, it, onTestFinished } from 'vitest';
import { CommandLog } from '../../support/command-log.js';
import { eventually } from '../../support/eventually.js';
import { startFaultProxy } from '../../support/fault-proxy.js';
import { keysBelow } from '../../support/keyspace.js';
import { uniqueNamespace } from '../../support/namespace.js';
import { startRedis, type RedisServer } from '../../support/redis-server.js';
import { leaseBatch, leaseRenew } from '../../../libs/core/src/redis/scripts.generated.js';
import { openProcess } from './support/processes.js';

/** A server of its own, for SCRIPT FLUSH is felt by everybody. */
async function ownServer(): Promise<RedisServer> {
  const server = await startRedis();
  onTestFinished(() => server.stop());
  return server;
}

async function proxied() {
  const server = await ownServer();
  const proxy = await startFaultProxy(server.port);
  onTestFinished(() => proxy.stop());
  return { server, proxy, namespace: uniqueNamespace() };
}

describe('program order', () => {
  it('P1.1 is kept on the wire: calls of one name reach the server in the order in which they were made', async () => {
    const server = await ownServer();
    const process = await openProcess(server.url, uniqueNamespace());
    const log = await CommandLog.start(server.url);
    onTestFinished(() => log.stop());
    const tokens = Array.from({ length: 20 }, () => process.token());
    await Promise.all(
      tokens.flatMap((token) => [process.acquire({ token }), process.renew(token), process.release(token)]),
    );
    const sent = (await log.wireCommands()).filter(({ name }) => name === 'EVALSHA');
    const seen = sent.flatMap(({ args }) => args.filter((arg) => /^(.{22})?\.[0-9a-z]+$/.test(arg)));
    expect(seen.map((token) => token.replace(/^\./, `${process.id}.`))).toEqual(
      tokens.flatMap((token) => [token, token, token]),
    );
    // An acquire, its renewal, and then the release with the next acquire behind it.
    const scripts = [leaseBatch.sha1, leaseRenew.sha1, leaseBatch.sha1, leaseRenew.sha1];
    expect(sent.map(({ args }) => args[0]).slice(0, 4)).toEqual(scripts);
    expect(sent).toHaveLength(41);
  });

  it('P1.1 an acquire that was given up in the tick of its call takes nothing behind its own release', async () => {
    const server = await ownServer();
    const redis = server.client();
    const process = await openProcess(server.url, uniqueNamespace());
    const token = process.token();
    let wanted = true;
    void process.acquire({ token, stillWanted: () => wanted });
    wanted = false;
    expect(await process.release(token)).toBe(false);
    expect(await keysBelow(redis, '')).toEqual([]);
  });

  it('P4.4 an attempt of a token that is being given back says nothing: the one release is the one that counts', async () => {
    const server = await ownServer();
    const redis = server.client();
    const process = await openProcess(server.url, uniqueNamespace());
    const token = process.token();
    expect(await process.acquire({ token })).toMatchObject({ outcome: 'granted' });
    void process.acquire({ token, stillWanted: () => false });
    expect(await process.release(token, 30_000)).toBe(true);
    expect(await keysBelow(redis, '')).toContainEqual(expect.stringContaining(':lock'));
  });

  it('P1.1 an acquire that was given up is not repeated with its source: no ownerless key behind its own release', async () => {
    const server = await ownServer();
    const redis = server.client();
    const process = await openProcess(server.url, uniqueNamespace());
    for (let round = 0; round < 20; round += 1) {
      await redis.script('FLUSH');
      const token = process.token();
      let wanted = true;
      void process.acquire({ token, stillWanted: () => wanted });
      await new Promise((sent) => nextTick(sent));
      wanted = false;
      expect(await process.release(token)).toBe(false);
      expect(await keysBelow(redis, '')).toEqual([]);
    }
  });

  it('P1.1 calls that are made while a forgotten script is sent again go behind it', async () => {
    const server = await ownServer();
    const redis = server.client();
    const process = await openProcess(server.url, uniqueNamespace());
    for (let round = 0; round < 30; round += 1) {
      const token = process.token();
      const held = await process.acquire({ token });
      expect(held.outcome).toBe('granted');
      await redis.script('FLUSH');
      // Somebody else teaches the server the script again between two calls of ours.
      const taught = redis.script('LOAD', leaseBatch.source);
      const answers = [];
      for (let call = 0; call < 6; call += 1) {
        answers.push(call % 2 === 0 ? process.release(token) : process.acquire({ token, queueing: false }));
        await new Promise((sent) => nextTick(sent));
      }
      const outcomes = (await Promise.all(answers)).map((answer) =>
        typeof answer === 'boolean' ? answer : answer.outcome,
      );
      expect(outcomes).toEqual([true, 'granted', true, 'granted', true, 'granted']);
      await process.release(token);
      await taught;
    }
  });

  it('P1.1 is kept also when the server forgot every script between two calls', async () => {
    const server = await ownServer();
    const redis = server.client();
    const process = await openProcess(server.url, uniqueNamespace());
    for (let round = 0; round < 20; round += 1) {
      const [first, second] = [process.token(), process.token()];
      await process.acquire({ token: first });
      await redis.script('FLUSH');
      const [released, next] = await Promise.all([
        process.release(first),
        process.acquire({ token: second, queueing: false }),
      ]);
      expect([released, next.outcome]).toEqual([true, 'granted']);
      await process.release(second);
    }
  });

  it('F16 a server that forgets its scripts all the time costs no error', async () => {
    const server = await ownServer();
    const redis = server.client();
    const process = await openProcess(server.url, uniqueNamespace());
    for (let round = 0; round < 60; round += 1) {
      if (round % 3 === 0) await redis.script('FLUSH');
      const token = process.token();
      expect((await process.acquire({ token })).outcome).toBe('granted');
      expect(await process.renew(token)).toBe('renewed');
      expect(await process.release(token)).toBe(true);
    }
  });

  it('P1.2 nothing is sent again by the connection: a call whose reply was lost is reported, not repeated', async () => {
    const { server, proxy, namespace } = await proxied();
    const process = await openProcess(proxy.url, namespace);
    const token = process.token();
    proxy.resetCounts();
    proxy.dropNextReply({ command: 'EVALSHA', thenCut: true });
    const lost = await process.acquire({ token }).catch((error: unknown) => error);
    expect(lost).toMatchObject({ condition: 'disconnected', ambiguous: true });
    await process.host.whenUp(5_000);
    await server.client().ping();
    expect(proxy.counts.commands['EVALSHA']).toBe(1);
  });

  it('P1.2 nothing is queued while there is no connection', async () => {
    const { server, proxy, namespace } = await proxied();
    const process = await openProcess(proxy.url, namespace);
    await proxy.refuse();
    await eventually(() => process.host.trouble);
    const refused = await Promise.race([
      process.acquire({ token: process.token() }).catch((error: unknown) => error),
      new Promise((resolve) => setImmediate(() => setImmediate(resolve, 'is queued'))),
    ]);
    expect(refused).toMatchObject({ condition: 'disconnected' });
    await proxy.heal();
    await process.host.whenUp(5_000);
    expect(await keysBelow(server.client(), 'hf1:')).toEqual([]);
  });
});

describe('"yours"', () => {
  it('P1.3 re-arms the lock for the full ttl and has the same fence, also after a lost reply', async () => {
    const { server, proxy, namespace } = await proxied();
    const process = await openProcess(proxy.url, namespace);
    const redis = server.client();
    const token = process.token();
    proxy.dropNextReply({ command: 'EVALSHA', thenCut: true });
    await process.acquire({ token, ttlMs: 5_000 }).catch(() => undefined);
    await eventually(() => process.host.trouble === undefined);
    const key = process.keys.lock('order');
    const issued = Number(await redis.get(process.keys.lease('order').fence));
    await redis.pexpire(key, 900);
    const again = await process.acquire({ token, ttlMs: 5_000 });
    expect(again).toMatchObject({ outcome: 'granted', fence: issued - 15, epoch: 2 });
    expect(await redis.pttl(key)).toBeGreaterThan(4_000);
    expect(Number(await redis.get(process.keys.lease('order').fence))).toBe(issued);
  });

  it('P1.3 never shortens what is left', async () => {
    const server = await ownServer();
    const process = await openProcess(server.url, uniqueNamespace());
    const token = process.token();
    await process.acquire({ token, ttlMs: 20_000 });
    await process.acquire({ token, ttlMs: 1_000 });
    expect(await server.client().pttl(process.keys.lock('order'))).toBeGreaterThan(15_000);
  });

  it('P1.3 is timed by when it was sent, not by when it was answered', async () => {
    const { proxy, namespace } = await proxied();
    const process = await openProcess(proxy.url, namespace);
    proxy.delay(150);
    const askedAt = process.host.clock.now();
    const { sentAt } = await process.acquire({ token: process.token() });
    expect(sentAt - askedAt).toBeLessThan(50);
    expect(process.host.clock.now() - askedAt).toBeGreaterThanOrEqual(290);
  });

  it('P1.3 of a call that had to be sent a second time is timed by the second time', async () => {
    const { server, proxy, namespace } = await proxied();
    const process = await openProcess(proxy.url, namespace);
    await server.client().script('FLUSH');
    proxy.delay(100);
    const askedAt = process.host.clock.now();
    const { sentAt } = await process.acquire({ token: process.token() });
    expect(sentAt - askedAt).toBeGreaterThanOrEqual(190);
  });
});
