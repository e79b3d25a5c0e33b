/** What the scripts do when Redis may not grow: renewals and releases go on, and nothing is left half done. */
import { describe, expect, it } from 'vitest';
import type { Keyspace } from '../support/keyspace.js';
import {
  about,
  AHEAD,
  anna,
  arrival,
  type Beat,
  beating,
  ben,
  clockMicros,
  clockText,
  cleo,
  queueOf,
  silent,
  tokenOf,
} from './cast.js';
import { useLuaBench } from './lua-bench.js';

const lua = useLuaBench();

const full = true;
const mine = tokenOf(anna);
const waiter = tokenOf(ben);
const asking = { token: mine, ttlMs: 30_000, idleMs: 2_000 };
const text = (value: string, ttlMs?: number): Keyspace[string] => ({
  type: 'string',
  value,
  ...(ttlMs ? { ttlMs } : {}),
});
const fence = text(String(AHEAD));
const line = (token: string, beat: Beat): Keyspace => queueOf([[token, arrival(1), beat]]);

describe('an acquire without memory', () => {
  it('is an error when the lock is free, and changes nothing', async () => {
    expect(await lua().transition({ given: { fence }, run: ['lease/batch', asking], full })).toEqual({
      reply: [expect.stringMatching(/^OOM /)],
      pushed: [],
      after: { fence },
    });
  });

  it('waits without a place when the lock is taken', async () => {
    const given = { lock: text(tokenOf(cleo), 9_000), fence };
    expect(await lua().transition({ given, run: ['lease/batch', asking], full })).toEqual({
      reply: [0, about(9_000), tokenOf(cleo), AHEAD, 0, 0],
      pushed: [],
      after: { lock: text(tokenOf(cleo), about(9_000)), fence },
    });
  });

  it('is granted behind the dead: clearing them away comes first, and then Redis lets the script write', async () => {
    const { reply, after } = await lua().transition({
      given: { fence, ...line(waiter, silent()) },
      run: ['lease/batch', asking],
      full,
    });
    expect({ reply, after }).toEqual({
      reply: [AHEAD + 1],
      after: { lock: text(mine, about(30_000)), fence: text(String(AHEAD + 16), about(86_400_000)) },
    });
  });

  it('arms a lock again that is ours', async () => {
    const { reply, after } = await lua().transition({
      given: { lock: text(mine, 900) },
      run: ['lease/batch', asking],
      full,
    });
    expect({ reply, after }).toEqual({
      reply: [clockMicros()],
      after: { lock: text(mine, about(30_000)), fence: text(clockText(15), about(86_400_000)) },
    });
  });
});

describe('a holder without memory', () => {
  it('renews', async () => {
    const given = { a: text(mine, 900) };
    const { reply, after } = await lua().transition({
      given,
      run: ['lease/renew', [{ lock: 'a', token: mine, ttlMs: 30_000 }]],
      full,
    });
    expect({ reply, after }).toEqual({ reply: [1], after: { a: text(mine, about(30_000)) } });
  });

  it('frees the lock', async () => {
    const { reply, after } = await lua().transition({
      given: { lock: text(mine, 900), fence },
      run: ['lease/batch', { token: mine, ttlMs: 0, idleMs: 0 }],
      full,
    });
    expect({ reply, after }).toEqual({ reply: [1], after: { fence } });
  });

  it('keeps the lock taken', async () => {
    const { reply, after } = await lua().transition({
      given: { lock: text(mine, 900) },
      run: ['lease/batch', { token: mine, ttlMs: 0, idleMs: 5_000 }],
      full,
    });
    expect({ reply, after }).toEqual({ reply: [1], after: { lock: text('held:0', about(5_000)) } });
  });

  it('hands the lock to the next in line', async () => {
    const given = { lock: text(mine, 900), fence, ...line(waiter, beating(2_000)) };
    expect(
      await lua().transition({
        given,
        run: ['lease/batch', { token: mine, ttlMs: 0, idleMs: 0 }],
        listening: [ben],
        full,
      }),
    ).toEqual({
      reply: [1],
      pushed: [`${ben}: granted ${waiter} ${AHEAD + 1} 2000 lock`],
      after: { lock: text(waiter, about(2_000)), fence: text(String(AHEAD + 16), about(86_400_000)) },
    });
  });
});

it('a waiter leaves the line without memory', async () => {
  const given = { lock: text(tokenOf(cleo), 9_000), ...line(waiter, beating(2_000)) };
  const { reply, after } = await lua().transition({
    given,
    run: ['lease/batch', { token: waiter, ttlMs: 0, idleMs: 0 }],
    full,
  });
  expect({ reply, after }).toEqual({ reply: [0], after: { lock: text(tokenOf(cleo), about(9_000)) } });
});
