import { Injectable } from '@nestjs/common';
import { Test } from '@nestjs/testing';
import {
  HoldfastModule,
  LockConfigError,
  LockService,
  WithLock,
  type HoldfastModuleOptions,
} from '@holdfast/nest';
import { Redis } from 'ioredis';
import { describe, expect, it } from 'vitest';
import { eventually } from '../support/eventually.js';
import { keysBelow } from '../support/keyspace.js';
import { sharedRedisUrl } from '../support/shared-redis.js';
import { Gate } from './support/gate.js';
import { connected, startApp } from './support/test-app.js';

async function faultsOf(options: unknown): Promise<readonly string[]> {
  const module = Reflect.apply(HoldfastModule.forRoot, HoldfastModule, [options]);
  const error: unknown = await Test.createTestingModule({ imports: [module] })
    .compile()
    .catch((reason: unknown) => reason);
  if (error instanceof LockConfigError) return error.faults;
  throw new Error('the module was built', { cause: error });
}

describe('bad options of the module', () => {
  it('are told all together, ours and those of core, each with its name, its value and its rule', async () => {
    const faults = await faultsOf({
      connection: 'http://localhost',
      namespace: '',
      ttl: '30 parsecs',
      wait: -1,
      attemptTimeout: Number.NaN,
      preflight: 'sometimes',
      httpFilter: { status: 418, statuses: 1 },
      shutdown: { grace: 'soon', gracious: true },
      ttl_ms: 5,
      instance: '',
    });
    expect(faults).toEqual(
      expect.arrayContaining([
        expect.stringMatching(/^instance: "" must be a name/),
        expect.stringMatching(/^httpFilter\.statuses: unknown option/),
        expect.stringMatching(/^httpFilter\.status: 418 must be one of 409, 423, 429, 503/),
        expect.stringMatching(/^shutdown\.gracious: unknown option/),
        expect.stringMatching(/^shutdown\.grace: "soon" is not a duration/),
        expect.stringMatching(/^connection: .*redis:\/\//),
        expect.stringMatching(/^namespace: /),
        expect.stringMatching(/^ttl: "30 parsecs" is not a duration/),
        expect.stringMatching(/^wait: -1 must not be negative/),
        expect.stringMatching(/^attemptTimeout: NaN must be finite/),
        expect.stringMatching(/^preflight: "sometimes" must be/),
        expect.stringMatching(/^ttl_ms: unknown option/),
      ]),
    );
    expect(faults).toHaveLength(12);
  });

  it.each([
    [
      'no connection',
      { namespace: 'shop' },
      /^connection: undefined must be given.*redis:\/\/.*embedded\(\)/,
    ],
    ['no namespace', { connection: 'redis://localhost' }, /^namespace: undefined must be given/],
    [
      'a filter that is none',
      { ...connected(), httpFilter: 'yes' },
      /^httpFilter: "yes" must be true, false or \{ status \}/,
    ],
    ['a shutdown that is none', { ...connected(), shutdown: '10s' }, /^shutdown: "10s" must be \{ grace \}/],
    ['an instance that no message can show', { ...connected(), instance: 7n }, /^instance: 7 must be a name/],
    ['isGlobal as text', { ...connected(), isGlobal: 'false' }, /^isGlobal: "false" must be true or false/],
    [
      'a grace above the timer limit',
      { ...connected(), shutdown: { grace: '25d' } },
      /^shutdown\.grace: "25d" must be at most/,
    ],
    [
      'a grace of another type',
      { ...connected(), shutdown: { grace: true } },
      /^shutdown\.grace: "true" is not a duration/,
    ],
    [
      'two graces',
      { ...connected(), shutdown: { grace: 1 }, shutdownGrace: 1 },
      /^shutdown\.grace: is the same as shutdownGrace/,
    ],
    ['a ttl of 0', { ...connected(), ttl: 0 }, /^ttl: 0 must be at least 100 ms/],
  ])('%s', async (_, options, fault) => {
    expect(await faultsOf(options)).toEqual([expect.stringMatching(fault)]);
  });

  it('no options at all, from a factory that forgot to return them', async () => {
    const useFactory = (): HoldfastModuleOptions => JSON.parse('null');
    const building = Test.createTestingModule({
      imports: [HoldfastModule.forRootAsync({ useFactory })],
    }).compile();
    await expect(building).rejects.toMatchObject({ faults: ['options: null must be an object'] });
  });
});

const HOSTILE = ['}:lock', '{', 'a}{b', 'line\nbreak', '🔒', '*', 'a:b', '%7D', ' '];

/** A class with one lock of each name. */
function hostileClass(gate: Gate, entered: string[]) {
  @Injectable()
  class Hostile {
    readonly calls = HOSTILE.map((name) => () => this.enter(name));

    @WithLock({ name: 'hostile', key: (key: string) => key, wait: 0 })
    async enter(key: string): Promise<void> {
      entered.push(key);
      await gate.opened;
    }
  }
  return Hostile;
}

describe('hostile names and keys', () => {
  it('never touch another key, and each is a lock of its own', async () => {
    const [gate, entered] = [new Gate(), new Array<string>()];
    const Hostile = hostileClass(gate, entered);
    const shop = await startApp({ providers: [Hostile] });
    const running = shop.app.get(Hostile).calls.map((call) => call());
    const locks = shop.app.get(LockService);
    const named = HOSTILE.filter((name) => name.trim() !== '').map((name) =>
      locks.acquire(name, { wait: 0 }),
    );
    const leases = await Promise.all(named);
    await eventually(() => entered.length === HOSTILE.length);

    const client = new Redis(sharedRedisUrl());
    const locked = (await keysBelow(client, `hf1:${shop.namespace}:`)).filter((key) => key.endsWith(':lock'));
    client.disconnect();
    expect(new Set(locked).size).toBe(HOSTILE.length + leases.length);
    for (const key of locked) expect(key).toMatch(/^hf1:\w+:\{[^{}]+\}:lock$/);

    gate.open();
    await Promise.all([...running, ...leases.map((lease) => lease.release())]);
  });
});
