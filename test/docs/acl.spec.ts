/** The Redis user of docs/failure-modes.md may do all that Holdfast does, and what is called optional really is. */
import { allScripts, createHoldfast } from '@holdfast/core';
import { Redis } from 'ioredis';
import { afterEach, describe, expect, it, onTestFinished } from 'vitest';
import { always } from '../support/eventually.js';
import { uniqueNamespace } from '../support/namespace.js';
import { sharedRedisUrl } from '../support/shared-redis.js';
import { sectionsOf } from './pages.js';

const section = sectionsOf('docs/failure-modes.md', 2).get('The Redis user') ?? '';
const rights = (/^ACL SETUSER holdfast on >password (.+)$/m.exec(section)?.[1] ?? '').split(' ');
const optional = [...section.matchAll(/^\| `([+&].+?)` +\|/gm)].map(([, cell = '']) =>
  cell.replaceAll('\\|', '|').split('`, `'),
);

const admin = new Redis(sharedRedisUrl());
afterEach(async () => void (await admin.call('ACL', 'DELUSER', 'holdfast')));

describe('the user of docs/failure-modes.md', () => {
  it('is never refused anything', async () => {
    await admin.call('ACL', 'LOG', 'RESET');
    await useLocksAs(rights);
    expect(await admin.call('ACL', 'LOG')).toEqual([]);
  });

  it.each(optional.map((without) => ({ without })))('can do without $without', async ({ without }) => {
    expect(without.filter((right) => !rights.includes(right))).toEqual([]);
    await useLocksAs(rights.filter((right) => !without.includes(right)));
  });

  it('may run the commands that the scripts call, and no others', () => {
    const called = allScripts.flatMap(({ source }) => [...source.matchAll(/redis\.p?call\('(\w+)'/g)]);
    const commands = new Set(called.map(([, command = '']) => `+${command.toLowerCase()}`));
    const connecting = new Set(['+evalsha', '+eval', ...optional.flat()]);
    expect(rights.filter((right) => right.startsWith('+') && !connecting.has(right)).toSorted()).toEqual(
      [...commands].filter((command) => !connecting.has(command)).toSorted(),
    );
  });
});

/** Takes, waits, hands on, inspects, holds at least and gives back, as a user with these rights. */
async function useLocksAs(granted: readonly string[]): Promise<void> {
  await admin.call('ACL', 'SETUSER', 'holdfast', 'reset', 'on', '>password', ...granted);
  const url = sharedRedisUrl().replace('redis://', 'redis://holdfast:password@');
  const namespace = uniqueNamespace();
  const open = () => createHoldfast({ connection: url, namespace, wait: '3s' });
  const [one, other] = await Promise.all([open(), open()]);
  onTestFinished(async () => void (await Promise.all([one.close(0), other.close(0)])));
  const lease = await one.locks.acquire('a', { ttl: 400, holdAtLeast: 100 });
  expect((await other.locks.tryRun('a', () => 0)).ran).toBe(false);
  const waiting = other.locks.acquire('a');
  waiting.catch(() => undefined);
  await admin.call('SCRIPT', 'FLUSH');
  await always(() => lease.held, 450);
  expect((await one.locks.inspect('a')).held).toBe(true);
  expect(await lease.release()).toBe('released');
  expect(await (await waiting).release()).toBe('released');
}
