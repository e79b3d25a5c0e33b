import { describe, expect, it } from 'vitest';
import * as core from './index.js';
import { StoreError } from './lease/store-error.js';
import { fromServerReply } from './redis/server-reply.js';

const contention = {
  heldBy: { processId: 'p', replica: 'web-1', host: 'h', pid: 7 },
  retryAfterMs: 5,
  waitedMs: 9.4,
};
const all: readonly (readonly [core.LockErrorCode, core.LockError, (error: unknown) => boolean])[] = [
  ['ERR_LOCK_BUSY', new core.LockBusyError('order', contention), core.LockBusyError.is],
  ['ERR_LOCK_TIMEOUT', new core.LockTimeoutError('order', contention), core.LockTimeoutError.is],
  [
    'ERR_LOCK_LOST',
    new core.LeaseLostError('order', { reason: 'expired', fence: 7 }),
    core.LeaseLostError.is,
  ],
  [
    'ERR_LOCK_HOLD_LIMIT',
    new core.LockHoldLimitError('order', { holdAtMostMs: 5, fence: 7 }),
    core.LockHoldLimitError.is,
  ],
  [
    'ERR_LOCK_UNAVAILABLE',
    new core.LockUnavailableError('order', { condition: 'timeout', waitedMs: 5 }),
    core.LockUnavailableError.is,
  ],
  [
    'ERR_LOCK_REFUSED',
    new core.LockRefusedError('order', { condition: 'wrong-type' }),
    core.LockRefusedError.is,
  ],
  ['ERR_LOCK_ABORTED', new core.LockAbortedError('order', 'why'), core.LockAbortedError.is],
  ['ERR_LOCK_CLOSED', new core.LockClosedError('order'), core.LockClosedError.is],
  ['ERR_LOCK_REENTRY', new core.LockReentryError('order'), core.LockReentryError.is],
  [
    'ERR_LOCK_STALE_FENCE',
    new core.StaleFenceError('order', { fence: 1, highestSeen: 2 }),
    core.StaleFenceError.is,
  ],
  ['ERR_LOCK_CONFIG', new core.LockConfigError('What', ['one', 'two']), core.LockConfigError.is],
  ['ERR_LOCK_NOT_WIRED', new core.LockNotWiredError('text', 'order'), core.LockNotWiredError.is],
];

describe('an error', () => {
  it.each(all)('%s is told from all others by its own is(), and by the one of all', (code, error, is) => {
    expect(error).toMatchObject({ code, name: error.constructor.name });
    expect(all.filter(([, , other]) => other(error)).map(([other]) => other)).toEqual([code]);
    expect([is(error), core.LockError.is(error), error instanceof core.LockError]).toEqual([
      true,
      true,
      true,
    ]);
  });

  it.each(all)('%s of another copy of this package is told, too', (code, _error, is) => {
    const foreign = Object.assign(new Error('from another copy'), { code });
    expect([is(foreign), core.LockError.is(foreign)]).toEqual([true, true]);
  });

  it('is none of ours when it is anything else', () => {
    const others = [
      undefined,
      null,
      'ERR_LOCK_BUSY',
      5,
      {},
      new Error('x'),
      { code: 'ECONNREFUSED' },
      { code: 7 },
    ];
    for (const other of others) {
      expect(core.LockError.is(other)).toBe(false);
      for (const [, , is] of all) expect(is(other)).toBe(false);
    }
  });

  it('names the holder as well as it is known', () => {
    const { heldBy } = contention;
    const message = (holder?: core.HolderInfo) =>
      new core.LockBusyError('order', { ...contention, heldBy: holder }).message;
    expect(message(heldBy)).toBe('Lock "order" is held by web-1 (pid 7 on h)');
    expect(message({ processId: 'p', host: 'h', pid: 7 })).toBe('Lock "order" is held by pid 7 on h');
    expect(message({ processId: 'p' })).toBe('Lock "order" is held by process p');
    expect(message()).toBe('Lock "order" is held by somebody else');
  });

  it('that lists faults shows one in its line, and more below each other', () => {
    expect(new core.LockConfigError('It cannot start', ['ttl: bad']).message).toBe(
      'It cannot start: ttl: bad',
    );
    expect(new core.LockConfigError('It', ['a', 'b']).message).toBe('It: \n  - a\n  - b');
  });

  it('without a lock is about Redis', () => {
    const details = { condition: 'no-permission', waitedMs: 5 };
    expect(new core.LockUnavailableError(undefined, details).message).toContain('Redis is unavailable');
    expect(new core.LockRefusedError(undefined, details).message).toContain('may not run this command');
    expect(new core.LockRefusedError(undefined, { condition: 'odd' }).message).toBe('Redis refused: odd');
  });
});

describe('an error reply of the server', () => {
  it.each([
    ['LOADING Redis is loading the dataset in memory', 'loading', false],
    ["READONLY You can't write against a read only replica.", 'readonly', false],
    ["OOM command not allowed when used memory > 'maxmemory'.", 'out-of-memory', false],
    ['BUSY Redis is busy running a script.', 'busy-script', false],
    ['MISCONF Redis is configured to save RDB snapshots', 'not-persisting', false],
    ['NOREPLICAS Not enough good replicas to write.', 'no-replicas', false],
    ['CLUSTERDOWN The cluster is down', 'cluster-down', false],
    ['WRONGTYPE Operation against a key', 'wrong-type', true],
    ['ERR Error running script (call to f_0a): @user_script:9: WRONGTYPE Operation', 'wrong-type', true],
    [
      'ERR Error running script (call to f_0a): @user_script:1: @user_script: 1: -OOM command not allowed',
      'out-of-memory',
      false,
    ],
    ['NOPERM this user has no permissions', 'no-permission', true],
    ['WRONGPASS invalid username-password pair', 'bad-credentials', true],
    ['NOAUTH Authentication required.', 'bad-credentials', true],
    ["CROSSSLOT Keys in request don't hash to the same slot", 'cross-slot', true],
    ['ERR something else', 'unexpected', true],
  ] as const)('%s', (message, condition, permanent) => {
    const error = fromServerReply(message, 'lease/batch');
    expect(error).toBeInstanceOf(StoreError);
    expect(error).toMatchObject({ condition, permanent, ambiguous: false });
  });

  it.each([
    "ERR unknown command 'AUTH', with args beginning with: 'default' 's3cret' ",
    'ERR unknown command `HELLO`, with args beginning with: `3`, `AUTH`, `default`, `s3cret`, ',
    "ERR unknown command 'EVALSHA', with args beginning with: 'sha' '4' 'hf1:x:{s3cret}:lock' ",
    'WRONGPASS s3cret',
  ])('F42 shows none of its arguments: %s', (message) => {
    expect(fromServerReply(message, 'the connection').message).not.toContain('s3cret');
  });
});
