/** Scripts by name: what is sent for them, and which calls do not compile. */
import { describe, expect, it } from 'vitest';
import { WatchedClock } from '../../../../test/integration/protocol/support/watched-clock.js';
import { runScript } from './run-script.js';
import type { Script } from './script.js';
import type { ScriptCall, ScriptHost } from './script-host.js';

const look = {
  name: 'lease/look',
  sha1: 'a',
  source: 'return {}',
  keys: ['lock', 'queue'],
  args: ['token', 'ttlMs'],
} as const satisfies Script;

const keys = { lock: 'l', queue: 'q' };
const args = { token: 't', ttlMs: 9 };

function setUp() {
  const calls: ScriptCall[] = [];
  const host: ScriptHost = {
    clock: new WatchedClock(),
    label: 'recording',
    run: async (call) => {
      calls.push(call);
      return { reply: [1], sentAt: 0, epoch: 1 };
    },
    subscribe: async () => undefined,
    close: async () => undefined,
  };
  /** Keys and arguments of each call so far. */
  const sent = () => calls.map((call) => [...call.keys, ...call.args]);
  return { host, calls, sent };
}

describe('a script', () => {
  it('is sent its keys and arguments in the order of its header, in whatever order they are given', async () => {
    const { host, calls } = setUp();
    await runScript(host, look, { keys: { queue: 'q', lock: 'l' }, args: { ttlMs: 9, token: 't' } });
    expect(calls).toEqual([{ script: look, keys: ['l', 'q'], args: ['t', 9] }]);
  });
});

// Every directive below is an expectation of its own: the type check fails when the call under it compiles.
describe('a call that the compiler refuses, and what would be sent if it did not:', () => {
  it('one without a key leaves its place empty', async () => {
    const { host, sent } = setUp();
    // @ts-expect-error: "queue" is missing
    await runScript(host, look, { keys: { lock: 'l' }, args });
    expect(sent()).toEqual([['l', undefined, 't', 9]]);
  });

  it('one with a key that the script does not declare drops it', async () => {
    const { host, sent } = setUp();
    // @ts-expect-error: "fence" is unknown
    await runScript(host, look, { keys: { lock: 'l', queue: 'q', fence: 'f' }, args });
    expect(sent()).toEqual([['l', 'q', 't', 9]]);
  });

  it('one without an argument leaves its place empty', async () => {
    const { host, sent } = setUp();
    // @ts-expect-error: "ttlMs" is missing
    await runScript(host, look, { keys, args: { token: 't' } });
    expect(sent()).toEqual([['l', 'q', 't', undefined]]);
  });

  it('one with an argument that the script does not declare drops it', async () => {
    const { host, sent } = setUp();
    // @ts-expect-error: "holdMs" is unknown
    await runScript(host, look, { keys, args: { token: 't', ttlMs: 9, holdMs: 1 } });
    expect(sent()).toEqual([['l', 'q', 't', 9]]);
  });
});
