import { AsyncLocalStorage } from 'node:async_hooks';
import type { HostContext, ScriptCall } from '@holdfast/core';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { embedded } from './embedded.js';
import { SettableClock } from './settable-clock.js';

const script = (source: string): ScriptCall['script'] => ({
  name: 'test/script',
  sha1: 'of the test',
  source,
});
const call = (source: string, args: readonly (string | number)[] = []): ScriptCall => ({
  script: script(source),
  keys: [],
  args,
});
const quiet: HostContext = { namespace: 'test', report: () => undefined };
const publish = (payload: string) => call("return { redis.call('PUBLISH', 'news', ARGV[1]) }", [payload]);

function setUp() {
  const clock = new SettableClock();
  return { clock, provider: embedded({ clock }) };
}

afterEach(() => vi.unstubAllEnvs());

describe('embedded()', () => {
  it('runs a script and tells when it was sent and on which connection', async () => {
    const { clock, provider } = setUp();
    const host = await provider.open(quiet);
    const receipt = await host.run({ script: script('return { #KEYS, ARGV[1] }'), keys: ['k'], args: [5] });
    expect(receipt).toEqual({ reply: [1, '5'], sentAt: clock.now(), epoch: 1 });
    expect(host).toMatchObject({ label: 'embedded', clock });
  });

  it('executes calls in the order they are made and answers none of them in the same tick', async () => {
    const { provider } = setUp();
    const host = await provider.open(quiet);
    const answered: number[] = [];
    const calls = [1, 2, 3].map(async (step) => {
      await host.run(call("redis.call('SET', 'last', ARGV[1]) return { 1 }", [step]));
      answered.push(step);
    });
    expect(answered).toEqual([]);
    expect(provider.controls.command('GET', 'last')).toBe('3');
    await Promise.all(calls);
    expect(answered).toEqual([1, 2, 3]);
  });

  it('rejects with the condition that the error reply names', async () => {
    const { provider } = setUp();
    const host = await provider.open(quiet);
    provider.controls.command('HSET', 'h', 'f', 1);
    await expect(host.run(call("return redis.call('GET', 'h')"))).rejects.toMatchObject({
      condition: 'wrong-type',
      permanent: true,
      ambiguous: false,
    });
  });

  it.each([
    'return 1',
    "return 'text'",
    'return nil',
    'return { { 1 } }',
    "return { redis.status_reply('OK') }",
  ])('refuses a reply that is no flat list: %s', async (source) => {
    const { provider } = setUp();
    const host = await provider.open(quiet);
    await expect(host.run(call(source))).rejects.toMatchObject({ condition: 'unexpected' });
  });

  it('expires keys by the clock it was given, and tells its wall time as TIME', async () => {
    const { clock, provider } = setUp();
    provider.controls.command('SET', 'k', 'v', 'PX', 1_000);
    await clock.advance(400);
    expect(provider.controls.command('PTTL', 'k')).toBe(600);
    await clock.advance(601);
    expect(provider.controls.command('GET', 'k')).toBeNull();
    const time = provider.controls.command('TIME');
    expect(time).toMatchObject([String(Math.floor(clock.wallNow() / 1_000)), expect.any(String)]);
  });

  it('shares keys and messages between everybody who opens the same value, and with nobody else', async () => {
    const { provider } = setUp();
    const [one, two] = [await provider.open(quiet), await provider.open(quiet)];
    const heard: unknown[] = [];
    await two.subscribe('news', (message) => heard.push(message));
    await one.run(call("redis.call('SET', 'k', 'v') return { 1 }"));
    expect((await two.run(call("return { redis.call('GET', 'k') }"))).reply).toEqual(['v']);
    expect((await one.run(publish('hello'))).reply).toEqual([1]);
    expect(heard).toEqual([{ payload: 'hello', epoch: 1 }]);
    expect(embedded().controls.command('GET', 'k')).toBeNull();
  });

  it('counts connections that listen, not listeners', async () => {
    const { provider } = setUp();
    const [one, two] = [await provider.open(quiet), await provider.open(quiet)];
    const heard: string[] = [];
    await one.subscribe('news', () => heard.push('first'));
    await one.subscribe('news', () => heard.push('second'));
    await two.subscribe('news', () => heard.push('third'));
    expect(provider.controls.command('PUBLISH', 'news', 'x')).toBe(2);
    expect(heard).toEqual([]);
    await one.run(call('return {}'));
    await two.run(call('return {}'));
    expect(heard).toEqual(['first', 'second', 'third']);
  });

  it('delivers a message behind the replies that the connection was owed before it', async () => {
    const { provider } = setUp();
    const host = await provider.open(quiet);
    const order: string[] = [];
    await host.subscribe('news', ({ payload }) => order.push(payload));
    await Promise.all([
      host.run(call('return {}')).then(() => order.push('reply before')),
      host.run(publish('message')).then(() => order.push('own reply')),
      host.run(call('return {}')).then(() => order.push('reply after')),
    ]);
    expect(order).toEqual(['reply before', 'own reply', 'message', 'reply after']);
  });

  it('does not run a listener in the async context of the publisher, and survives one that throws', async () => {
    const { provider } = setUp();
    const reports: string[] = [];
    const host = await provider.open({ namespace: 'test', report: (_level, text) => reports.push(text) });
    const context = new AsyncLocalStorage<string>();
    const seen: (string | undefined)[] = [];
    await host.subscribe('news', () => {
      seen.push(context.getStore());
      throw new Error('in the listener');
    });
    await context.run('publisher', () => host.run(publish('x')));
    await host.run(call('return {}'));
    expect(seen).toEqual([undefined]);
    expect(reports).toEqual([expect.stringContaining('in the listener')]);
  });

  it('warns once in production that no other process sees these locks', async () => {
    vi.stubEnv('NODE_ENV', 'production');
    const { provider } = setUp();
    const reports: [string, string][] = [];
    const context: HostContext = { namespace: 'test', report: (...report) => reports.push(report) };
    await provider.open(context);
    await provider.open(context);
    expect(reports).toEqual([['warn', expect.stringContaining('memory of this process')]]);
  });

  it('runs on real time when no clock is given, and keeps nothing of the process alive', async () => {
    const kinds = (): string[] => process.getActiveResourcesInfo().toSorted();
    const before = kinds();
    const provider = embedded();
    const host = await provider.open(quiet);
    const { reply } = await host.run(call("return redis.call('TIME')"));
    expect(Math.abs(Number(reply[0]) - Date.now() / 1_000)).toBeLessThan(5);
    // The test runner's own timers come and go: what counts is that nothing of ours stays.
    await expect.poll(() => without(kinds(), before)).toEqual([]);
  });

  it('lets the event loop turn while calls follow upon each other without a pause', async () => {
    const host = await embedded().open(quiet);
    let turned = false;
    setTimeout(() => (turned = true), 1);
    const start = performance.now();
    while (!turned && performance.now() - start < 5_000) await host.run(call('return {}'));
    expect(turned).toBe(true);
  });
});

/** What is in `all` beyond what is in `known`, one for one. */
function without(all: readonly string[], known: readonly string[]): string[] {
  const left = [...known];
  return all.filter((one) => {
    const at = left.indexOf(one);
    if (at >= 0) left.splice(at, 1);
    return at < 0;
  });
}
