import assert from 'node:assert/strict';
import {
  LockAbortedError,
  LockConfigError,
  LockReentryError,
  LockTimeoutError,
  type Holdfast,
} from '@holdfast/core';
import type { Chapter } from '../chapter.js';
import { begun, task } from './task.js';

const DAY = { remember: '1d' } as const;

const again = (holdfast: Holdfast) =>
  holdfast.once.run<unknown>('invoice', DAY, () => assert.fail('done twice'));

export const doingOnce: Chapter = {
  'is done by one of those who want it, and all get what came of it': async (scene) => {
    const holdfasts = await scene.pair();
    const invoice = task(() => ({ number: 7, lines: ['tea'] }));
    const calls = holdfasts.flatMap(({ once }) =>
      Array.from({ length: 5 }, () => scene.later(once.run('invoice', DAY, invoice.body))),
    );
    await begun(scene, invoice);
    await scene.passTime(50);
    invoice.open();
    const results = await scene.arrives(Promise.all(calls));
    assert.equal(invoice.runs, 1);
    for (const result of results) assert.deepEqual(result, { number: 7, lines: ['tea'] });
    assert.deepEqual(await scene.arrives(again(holdfasts[1])), { number: 7, lines: ['tea'] });
  },

  'is done for each key by itself, and again when it was forgotten': async (scene) => {
    const { once } = await scene.instance();
    const done: string[] = [];
    const run = (key: string) => scene.arrives(once.run('invoice', { ...DAY, key }, () => done.push(key)));
    assert.deepEqual([await run('a'), await run('b'), await run('a')], [1, 2, 1]);
    assert.deepEqual([await scene.arrives(once.forget('invoice', 'a')), await run('a')], [true, 3]);
    assert.equal(await scene.arrives(once.forget('invoice', 'c')), false);
  },

  'is remembered for as long as it was told': async (scene) => {
    const { once } = await scene.instance();
    let runs = 0;
    const run = () => scene.arrives(once.run('invoice', { remember: '1s' }, () => (runs += 1)));
    assert.deepEqual([await run(), await run()], [1, 1]);
    await scene.passTime(1_050);
    assert.equal(await run(), 2);
  },

  'is taken over from a process that dies at it': async (scene) => {
    const { holdfast: doomed, die } = await scene.mortal();
    const survivor = await scene.instance();
    const never = task(() => 'never');
    void scene.later(doomed.once.run('invoice', DAY, never.body));
    await begun(scene, never);
    const taken = scene.later(survivor.once.run('invoice', DAY, () => 'taken over'));
    await die();
    assert.equal(await scene.arrives(taken, scene.ttlMs + 2_000), 'taken over');
    never.open();
    assert.equal(await scene.arrives(again(survivor)), 'taken over');
  },

  'gives who comes back too late what the one wrote down who took over': async (scene) => {
    const { holdfast: doomed, die, revive } = await scene.mortal();
    const survivor = await scene.instance();
    const late = task(() => 'late');
    const coming = scene.later(doomed.once.run('invoice', DAY, late.body));
    await begun(scene, late);
    await die();
    const taken = survivor.once.run('invoice', DAY, () => 'taken over');
    assert.equal(await scene.arrives(taken, scene.ttlMs + 2_000), 'taken over');
    await revive();
    late.open();
    assert.equal(await scene.arrives(coming), 'taken over');
  },

  'is not waited for longer than its caller may, or after he left': async (scene) => {
    const [one, other] = await scene.pair();
    const slow = task(() => 'done');
    const calls = [one, one].map(({ once }) => scene.later(once.run('invoice', DAY, slow.body)));
    await begun(scene, slow);
    const leaving = new AbortController();
    const leave = scene.later(other.once.run('invoice', { ...DAY, signal: leaving.signal }, () => 'done'));
    for (const { once } of [one, other])
      await scene.fails(
        once.run('invoice', { ...DAY, wait: 60 }, () => 'done'),
        LockTimeoutError,
      );
    leaving.abort('gone');
    assert.equal((await scene.fails(leave, LockAbortedError)).cause, 'gone');
    slow.open();
    assert.deepEqual(await scene.arrives(Promise.all(calls)), ['done', 'done']);
  },

  'inside of itself is refused, for it would wait for ever': async (scene) => {
    const { once } = await scene.instance();
    const inside = await scene.arrives(
      once.run('invoice', { ...DAY, maxBytes: 10 }, () =>
        once.run('invoice', DAY, () => 'done').catch((error: unknown) => error),
      ),
    );
    assert.ok(LockReentryError.is(inside));
  },

  'takes options that make sense': async (scene) => {
    const { once } = await scene.instance();
    const { faults } = await scene.fails(
      once.run('', { remember: 0, maxBytes: 0, whenFailed: 'retry', ttl: 1 }, () => 'done'),
      LockConfigError,
    );
    assert.equal(faults.length, 4, faults.join('\n'));
  },
};
