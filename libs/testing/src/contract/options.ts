import assert from 'node:assert/strict';
import { LockConfigError, type LockService } from '@holdfast/core';
import type { Chapter } from './chapter.js';

/** Options as JavaScript may bring them: what the types refuse has to be refused at run time, too. */
type Untyped = Parameters<LockService['acquire']>[1] & object;

function untyped(options: Readonly<Record<string, unknown>>): Untyped {
  return Object.assign({}, options);
}

/** What is wrong, and what the message has to name. */
const FAULTS: readonly (readonly [string, Untyped, RegExp])[] = [
  ['job', untyped({ ttl: 0 }), /ttl: 0 must be at least 100 ms/],
  ['job', untyped({ ttl: -5 }), /ttl: -5/],
  ['job', untyped({ ttl: NaN }), /ttl: NaN/],
  ['job', untyped({ ttl: Infinity }), /ttl: Infinity must be finite/],
  ['job', untyped({ ttl: '30 parsecs' }), /ttl: "30 parsecs" is not a duration/],
  ['job', untyped({ ttl: '25d' }), /ttl: "25d" must be at most/],
  ['job', untyped({ wait: -1 }), /wait: -1 must not be negative/],
  ['job', untyped({ wait: 'ever' }), /wait: "ever" is not a duration/],
  ['job', untyped({ holdAtLeast: '3s', holdAtMost: '2s' }), /holdAtLeast: 3000 ms must not be longer/],
  ['job', untyped({ tll: '3s' }), /tll: unknown option/],
  ['job', untyped({ reentrant: 'yes' }), /reentrant: "yes" must be true or false/],
  ['job', untyped({ whenLost: 'shrug' }), /whenLost: "shrug"/],
  ['job', untyped({ signal: {} }), /signal: an object must be an AbortSignal/],
  ['job', untyped({ key: {} }), /key: an object must be a string/],
  ['job', untyped({ key: [] }), /key: an empty array/],
  ['job', untyped({ key: NaN }), /key: NaN must be a finite number/],
  ['job', untyped({ key: '' }), /key: "" must not be empty/],
  ['', {}, /name: "" must not be empty/],
  ['x'.repeat(10_000), {}, /name: .* has 10000 bytes, at most 512/],
  ['\ud800', {}, /name: .* lone surrogate/],
];

export const options: Chapter = {
  'that cannot work are refused before anything is sent': async (scene) => {
    const { holdfast, die } = await scene.mortal();
    await die();
    for (const [lockName, given, told] of FAULTS) {
      const error = await scene.fails(holdfast.locks.acquire(lockName, given), LockConfigError, 0);
      assert.match(error.message, told);
    }
  },

  'that cannot work are refused by every way to ask': async (scene) => {
    const { locks } = await scene.instance();
    const bad = untyped({ ttl: 0 });
    const body = (): never => assert.fail('ran with options that cannot work');
    await scene.fails(locks.run('job', bad, body), LockConfigError);
    await scene.fails(locks.tryRun('job', bad, body), LockConfigError);
    await scene.fails(locks.tryAcquire('job', bad), LockConfigError);
    await scene.fails(locks.inspect(''), LockConfigError);
    assert.throws(() => locks.prepare('job', bad), LockConfigError);
    assert.deepEqual(await scene.traces(), []);
  },

  'are told with all their faults at once': async (scene) => {
    const { locks } = await scene.instance();
    const given = untyped({ ttl: 0, wait: 'ever', tll: 1 });
    const error = await scene.fails(locks.acquire('', given), LockConfigError);
    assert.equal(error.faults.length, 4);
    for (const option of ['ttl', 'wait', 'tll', 'name'])
      assert.ok(error.faults.some((fault) => fault.startsWith(`${option}: `)));
  },
};
