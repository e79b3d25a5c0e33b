/** What needs one server to say is refused on a quorum, each by a sentence that says why and what to do; locks work beside it. */
import { createHoldfast, defineScript, quorum, type Holdfast } from '@holdfast/core';
import { embedded } from '@holdfast/embedded';
import { expect, it, onTestFinished } from 'vitest';
import { rejectionOf } from '../support/holdfasts.js';

const script = defineScript({ name: 'one', keys: ['a'], source: 'return { 1 }' });

const ASKED: Readonly<Record<string, (holdfast: Holdfast) => unknown>> = {
  'keeps no semaphores': ({ semaphores }) => semaphores.acquire('a', { permits: 1 }),
  'keeps no readers': ({ locks }) => locks.acquire('a', { mode: 'read' }),
  'keeps no limiters': ({ limiters }) => limiters.define('a', { limits: { limit: 1, per: '1s' } }),
  'keeps no quotas': ({ quotas }) => quotas.define('a', { counters: { left: {} } }),
  'remembers nothing that is done once': ({ once }) => once.run('a', { remember: '1h' }, () => 1),
  'keeps no latches': ({ latches }) => latches.latch('a', { of: 1 }),
  'runs no scripts of yours': ({ scripts }) => scripts.run(script, {}),
};

async function open(): Promise<Holdfast> {
  const connection = quorum([embedded(), embedded(), embedded()], { longestTtl: '1s' });
  const holdfast = await createHoldfast({ connection, namespace: 'refused', jobs: { enabled: false } });
  onTestFinished(() => holdfast.close(0));
  return holdfast;
}

it.each(Object.entries(ASKED))('it %s', async (why, ask) => {
  const holdfast = await open();
  const error = await rejectionOf((async () => ask(holdfast))());
  expect(error).toMatchObject({ code: 'ERR_LOCK_CONFIG' });
  expect(String(error)).toContain(why);
});

it('barriers, shared work and what is to be forgotten are refused as well', async () => {
  const { latches, once } = await open();
  expect(() => latches.barrier('a', { of: 1 })).toThrow(/keeps no latches/);
  expect(() => once.prepare('a', { remember: '1h' })).toThrow(/remembers nothing/);
  for (const call of [once.share('a', {}, () => 1), once.forget('a')])
    expect(String(await rejectionOf(call))).toContain('remembers nothing');
});
