import type { HostContext, ScriptCall } from '@holdfast/core';
import { describe, expect, it } from 'vitest';
import type { ConnectionControls } from './controls.js';
import { embedded } from './embedded.js';
import { SettableClock } from './settable-clock.js';

const count: ScriptCall = {
  script: {
    name: 'test/count',
    sha1: 'of the test',
    source:
      "local n = tonumber(redis.call('GET', KEYS[1]) or 0) + 1 redis.call('SET', KEYS[1], n) return { n }",
  },
  keys: ['n'],
  args: [],
};
const quiet: HostContext = { namespace: 'test', report: () => undefined };

async function setUp() {
  const clock = new SettableClock();
  const provider = embedded({ clock });
  const host = await provider.open(quiet);
  const [connection] = provider.controls.connections;
  if (connection === undefined) throw new Error('an open host is a connection');
  const controls: ConnectionControls = connection;
  return { clock, provider, host, controls };
}

describe('a connection to the embedded server', () => {
  it('waits while it is frozen, and then goes on in order, with the time at which the calls were sent', async () => {
    const { clock, provider, host, controls } = await setUp();
    const sentAt = clock.now();
    controls.freeze();
    const calls = [host.run(count), host.run(count)];
    await clock.advance(500);
    expect(controls.state).toBe('frozen');
    expect(provider.controls.command('GET', 'n')).toBeNull();
    controls.thaw();
    expect(await Promise.all(calls)).toEqual([
      { reply: [1], sentAt, epoch: 1 },
      { reply: [2], sentAt, epoch: 1 },
    ]);
  });

  it('keeps back a reply that was on its way when it froze', async () => {
    const { clock, provider, host, controls } = await setUp();
    let answered = false;
    const call = host.run(count).then(() => (answered = true));
    controls.freeze();
    await clock.settle();
    expect(provider.controls.command('GET', 'n')).toBe('1');
    expect(answered).toBe(false);
    controls.thaw();
    await call;
  });

  it('still counts as a listener while it is frozen, and hears everything afterwards', async () => {
    const { clock, provider, host, controls } = await setUp();
    const heard: string[] = [];
    await host.subscribe('news', ({ payload }) => heard.push(payload));
    controls.freeze();
    expect(provider.controls.command('PUBLISH', 'news', 'one')).toBe(1);
    expect(provider.controls.command('PUBLISH', 'news', 'two')).toBe(1);
    await clock.settle();
    expect(heard).toEqual([]);
    controls.thaw();
    await clock.settle();
    expect(heard).toEqual(['one', 'two']);
  });

  it('rejects open calls as ambiguous when it is cut off, executed or not', async () => {
    const { provider, host, controls } = await setUp();
    const executed = host.run(count);
    controls.freeze();
    const unexecuted = host.run(count);
    controls.disconnect();
    const lost = { condition: 'disconnected', ambiguous: true, permanent: false };
    await expect(executed).rejects.toMatchObject(lost);
    await expect(unexecuted).rejects.toMatchObject(lost);
    expect(provider.controls.command('GET', 'n')).toBe('1');
  });

  it('says at once that it is not connected, and is silent to publishers', async () => {
    const { provider, host, controls } = await setUp();
    await host.subscribe('news', () => undefined);
    controls.disconnect();
    await expect(host.run(count)).rejects.toMatchObject({ condition: 'disconnected', ambiguous: false });
    expect(provider.controls.command('PUBLISH', 'news', 'x')).toBe(0);
    expect(controls.state).toBe('disconnected');
  });

  it('comes back with the next epoch and its subscriptions, without what was on the way', async () => {
    const { clock, provider, host, controls } = await setUp();
    const heard: unknown[] = [];
    await host.subscribe('news', (message) => heard.push(message));
    provider.controls.command('PUBLISH', 'news', 'lost on the way');
    controls.disconnect();
    controls.reconnect();
    provider.controls.command('PUBLISH', 'news', 'after');
    await clock.settle();
    expect(heard).toEqual([{ payload: 'after', epoch: 2 }]);
    expect(await host.run(count)).toMatchObject({ epoch: 2 });
  });

  it('tells the instance that the connection was lost', async () => {
    const reports: [string, string][] = [];
    const provider = embedded({ clock: new SettableClock() });
    await provider.open({ namespace: 'test', report: (...report) => reports.push(report) });
    provider.controls.connections[0]?.disconnect();
    expect(reports).toEqual([['warn', 'the embedded connection was lost']]);
  });

  it('hands over what is on the way when it is closed, then refuses, and leaves the others alone', async () => {
    const { provider, host } = await setUp();
    const other = await provider.open(quiet);
    const last = host.run(count);
    await host.close(100);
    await host.close(100);
    expect((await last).reply).toEqual([1]);
    await expect(host.run(count)).rejects.toMatchObject({ condition: 'disconnected', ambiguous: false });
    expect((await other.run(count)).reply).toEqual([2]);
    expect(provider.controls.connections).toHaveLength(1);
  });

  it('does not wait for a silent server when it is closed', async () => {
    const { host, controls } = await setUp();
    controls.freeze();
    const open = host.run(count);
    await host.close(60_000);
    await expect(open).rejects.toMatchObject({ condition: 'disconnected', ambiguous: true });
  });

  it('keeps keys when everybody has left, until they expire or are flushed', async () => {
    const { provider, host } = await setUp();
    await host.run(count);
    await host.close(0);
    const late = await provider.open(quiet);
    expect((await late.run(count)).reply).toEqual([2]);
    expect(provider.controls.dump()).toEqual({ n: { type: 'string', value: '2', ttlMs: -1 } });
    provider.controls.flushAll();
    expect(provider.controls.dump()).toEqual({});
  });
});
