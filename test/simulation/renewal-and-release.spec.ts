/** F15: a renewal is under way while the lease is given back, ten thousand times, each time in another order. */
import { createHoldfast, type ScriptCall, type ScriptReceipt } from '@holdfast/core';
import { describe, expect, it } from 'vitest';
import { SimulatedHost } from './host.js';
import { Judge } from './judge.js';
import { Link } from './link.js';
import { NAMESPACE } from './lock-state.js';
import { SimulatedMachine } from './machine.js';
import { Prng } from './prng.js';
import { ScriptVm } from './script-vm.js';
import { seedGlobals } from './seeded-globals.js';
import { SimulatedServer } from './server.js';
import { ServerWatch } from './server-watch.js';
import { Trace } from './trace.js';
import { VirtualTime } from './virtual-time.js';

const ROUNDS = 10_000;
const TTL_MS = 300;
const LATENCY = { usualMs: 4, slowMs: 60, slowShare: 0.05 };

const vm = await ScriptVm.start();

/** Tells when a renewal leaves, and knows whether one is under way. */
class RenewalsSeen extends SimulatedHost {
  underWay = 0;
  onRenewal: () => void = () => undefined;

  override async run(call: ScriptCall): Promise<ScriptReceipt> {
    if (call.script.name !== 'lease/renew') return super.run(call);
    this.underWay += 1;
    this.onRenewal();
    try {
      return await super.run(call);
    } finally {
      this.underWay -= 1;
    }
  }
}

function town(seed: number) {
  const prng = new Prng(seed);
  const time = new VirtualTime();
  const trace = new Trace(() => time.now);
  const judge = new Judge(trace);
  const server = new SimulatedServer(time, vm);
  server.watch = new ServerWatch(server, { judge, trace }, () => undefined);
  const machine = new SimulatedMachine(time, prng.fork(), 1);
  const parts = { time, machine, server, prng: prng.fork(), repeats: 0.05, inOrder: true };
  const link = new Link(parts, LATENCY);
  return { prng, time, judge, trace, server, machine, link, host: new RenewalsSeen(link) };
}

describe('a renewal that is under way while its lease is given back', () => {
  it(`F15 never brings the key back, in ${ROUNDS} interleavings`, { timeout: 240_000 }, async () => {
    const { prng, time, judge, trace, server, machine, link, host } = town(15);
    const after = (delayMs: number): Promise<void> =>
      new Promise((resolve) => void machine.startTimer(delayMs, resolve));
    let overtaken = 0;

    const round = async (locks: {
      acquire: (name: string) => Promise<{ release: () => Promise<unknown> }>;
    }) => {
      const lease = await locks.acquire('order').catch(() => undefined);
      if (lease === undefined) return;
      await new Promise<void>((resolve) => {
        host.onRenewal = () => void after(prng.between(0, 9)).then(resolve);
        machine.startTimer(prng.between(TTL_MS / 6, TTL_MS), resolve);
      });
      if (prng.chance(0.1)) server.forgetScripts();
      if (prng.chance(0.05)) link.reset();
      if (host.underWay > 0) overtaken += 1;
      await lease.release();
    };
    const allRounds = async (): Promise<void> => {
      const connection = { holdfastHost: 1, open: async () => host } as const;
      const { locks, close } = await createHoldfast({
        ...{ connection, namespace: NAMESPACE, ttl: TTL_MS, attemptTimeout: 200, preflight: 'off' },
      });
      for (let number = 0; number < ROUNDS && judge.violation === undefined; number += 1) await round(locks);
      await close(0);
    };

    const restore = seedGlobals(prng.fork(), time);
    let over = false;
    const done = allRounds().finally(() => (over = true));
    await time.run(() => over || judge.violation !== undefined).finally(restore);
    expect(judge.violation, trace.lastLines.join('\n')).toBeUndefined();
    await done;
    expect(overtaken).toBeGreaterThan(ROUNDS / 3);
  });
});
