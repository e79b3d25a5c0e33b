import { Global, Inject, Injectable, Module, type ModuleMetadata } from '@nestjs/common';
import { Test } from '@nestjs/testing';
import {
  getHealthIndicatorToken,
  getHoldfastToken,
  getInspectorToken,
  getLockServiceToken,
  HoldfastHealthIndicator,
  HoldfastModule,
  InjectHealthIndicator,
  InjectHoldfast,
  InjectInspector,
  InjectLockService,
  Inspector,
  LockService,
  WithLock,
  type Holdfast,
  type HoldfastModuleOptions,
  type HoldfastOptionsFactory,
} from '@holdfast/nest';
import { Redis } from 'ioredis';
import { describe, expect, it, onTestFinished } from 'vitest';
import { eventually } from '../support/eventually.js';
import { uniqueNamespace } from '../support/namespace.js';
import { startRedis } from '../support/redis-server.js';
import { sharedRedisUrl } from '../support/shared-redis.js';
import { connected, startApp } from './support/test-app.js';

@Injectable()
class Orders {
  constructor(@Inject(LockService) readonly locks: LockService) {}

  @WithLock({ name: 'order', wait: 0 })
  async pay(): Promise<string> {
    return 'paid';
  }
}

const NAMESPACE = Symbol('namespace');

@Global()
@Module({ providers: [{ provide: NAMESPACE, useFactory: uniqueNamespace }], exports: [NAMESPACE] })
class ConfigModule {}

@Injectable()
class Configured implements HoldfastOptionsFactory {
  constructor(@Inject(NAMESPACE) private readonly namespace: string) {}

  async createHoldfastOptions(): Promise<HoldfastModuleOptions> {
    return connected(this.namespace);
  }
}

@Module({ providers: [Configured], exports: [Configured] })
class ConfiguredModule {}

describe('forRootAsync', () => {
  it.each<[string, NonNullable<ModuleMetadata['imports']>[number]]>([
    [
      'useFactory with imports and inject',
      HoldfastModule.forRootAsync({
        imports: [ConfigModule],
        inject: [NAMESPACE],
        useFactory: async (namespace: string) => connected(namespace),
      }),
    ],
    ['useClass', HoldfastModule.forRootAsync({ useClass: Configured })],
    ['useExisting', HoldfastModule.forRootAsync({ imports: [ConfiguredModule], useExisting: Configured })],
  ])('takes its options from %s', async (_, holdfast) => {
    const shop = await startApp({ holdfastModules: [ConfigModule, holdfast], providers: [Orders] });
    expect(await shop.app.get(Orders).pay()).toBe('paid');
    expect(shop.app.get(getHoldfastToken()).namespace).toBe(shop.app.get(NAMESPACE));
    expect(shop.app.get(Orders).locks).toBe(shop.app.get(getHoldfastToken()).locks);
  });

  it('tells of options that belong beside the factory instead of into it', async () => {
    const misplaced = { ...connected(), instance: 'billing', isGlobal: true };
    const building = Test.createTestingModule({
      imports: [HoldfastModule.forRootAsync({ useFactory: () => misplaced })],
    }).compile();
    await expect(building).rejects.toMatchObject({
      code: 'ERR_LOCK_CONFIG',
      faults: [
        expect.stringMatching(/^instance: .* beside useFactory/),
        expect.stringMatching(/^isGlobal: .* beside useFactory/),
      ],
    });
  });
});

@Injectable()
class Invoices {
  constructor(
    @InjectLockService('billing') readonly billing: LockService,
    @InjectHoldfast('billing') readonly holdfast: Holdfast,
    @InjectLockService() readonly locks: LockService,
  ) {}

  @WithLock({ name: 'invoice', wait: 0, instance: 'billing' })
  async write(): Promise<string> {
    return 'written';
  }

  @WithLock({ name: 'invoice', wait: 0 })
  async send(): Promise<string> {
    return 'sent';
  }
}

describe('several instances', () => {
  const both = () => {
    const [shop, billing] = [connected(), connected()];
    return {
      billingNamespace: billing.namespace,
      modules: [HoldfastModule.forRoot(shop), HoldfastModule.forRoot({ ...billing, instance: 'billing' })],
      namespace: shop.namespace,
    };
  };

  it('keep their locks apart, in injections and decorators alike', async () => {
    const { modules, namespace, billingNamespace } = both();
    const shop = await startApp({ holdfastModules: modules, namespace, providers: [Invoices] });
    const invoices = shop.app.get(Invoices);
    expect(invoices.holdfast.namespace).toBe(billingNamespace);
    expect(invoices.billing).toBe(shop.app.get(getLockServiceToken('billing')));
    expect(invoices.locks).not.toBe(invoices.billing);

    await using _lease = await shop.outsider.locks.acquire('invoice');
    await expect(invoices.send()).rejects.toMatchObject({ code: 'ERR_LOCK_BUSY' });
    expect(await invoices.write()).toBe('written');
  });

  it('reach objects of factories too', async () => {
    const { modules, namespace } = both();
    const provider = {
      provide: Invoices,
      inject: [LockService, getHoldfastToken()],
      useFactory: (locks: LockService, holdfast: Holdfast) => new Invoices(locks, holdfast, locks),
    };
    const shop = await startApp({ holdfastModules: modules, namespace, providers: [provider] });
    await using _lease = await shop.outsider.locks.acquire('invoice');
    await expect(shop.app.get(Invoices).send()).rejects.toMatchObject({ code: 'ERR_LOCK_BUSY' });
    expect(await shop.app.get(Invoices).write()).toBe('written');
  });

  it('that a decorator names but nobody imported stop the boot', async () => {
    const building = Test.createTestingModule({
      imports: [HoldfastModule.forRoot(connected())],
      providers: [Invoices],
    }).compile();
    await expect(building).rejects.toThrow(/LockService/);
  });
});

@Injectable()
class Watch {
  constructor(
    // By their types alone.
    readonly inspector: Inspector,
    readonly indicator: HoldfastHealthIndicator,
    @InjectInspector('billing') readonly billingInspector: Inspector,
    @InjectHealthIndicator('billing') readonly billingIndicator: HoldfastHealthIndicator,
    @InjectInspector() readonly unnamedInspector: Inspector,
    @InjectHealthIndicator() readonly unnamedIndicator: HoldfastHealthIndicator,
  ) {}
}

describe('inspector and health indicator', () => {
  it('are those of the instance that was named, and of the unnamed one where none was', async () => {
    const billingRedis = await startRedis();
    onTestFinished(() => billingRedis.stop());
    const namespace = uniqueNamespace();
    const billing = { ...connected(), connection: billingRedis.url, replica: 'biller' };
    const holdfastModules = [
      HoldfastModule.forRoot({ ...connected(namespace), replica: 'seller' }),
      HoldfastModule.forRoot({ ...billing, instance: 'billing', attemptTimeout: '500ms' }),
    ];
    const { app } = await startApp({ holdfastModules, namespace, providers: [Watch] });
    const watch = app.get(Watch);
    expect(watch.unnamedInspector).toBe(watch.inspector);
    expect(watch.unnamedIndicator).toBe(watch.indicator);
    expect(app.get(getInspectorToken('billing'))).toBe(watch.billingInspector);
    expect(app.get(getHealthIndicatorToken('billing'))).toBe(watch.billingIndicator);

    await eventually(async () => (await replicasSeenBy(watch.inspector)).join() === 'outsider,seller');
    await eventually(async () => (await replicasSeenBy(watch.billingInspector)).join() === 'biller');
    await billingRedis.kill('SIGKILL');
    expect(await watch.billingIndicator.check()).toMatchObject({ holdfast: { state: 'down' } });
    expect(await watch.indicator.check()).toMatchObject({ holdfast: { state: 'up' } });
  });
});

async function replicasSeenBy(inspector: Inspector): Promise<string[]> {
  return (await inspector.replicas()).map(({ replica }) => String(replica)).toSorted();
}

describe('isGlobal', () => {
  @Module({ providers: [Orders] })
  class OrdersModule {}

  it('is true by default, so that modules need not import it again', async () => {
    const shop = await startApp({ imports: [OrdersModule] });
    expect(await shop.app.get(Orders).pay()).toBe('paid');
  });

  it('false keeps the locks to the modules that import it', async () => {
    const holdfast = HoldfastModule.forRoot({ ...connected(), isGlobal: false });
    const outside = Test.createTestingModule({ imports: [holdfast, OrdersModule] }).compile();
    await expect(outside).rejects.toThrow(/LockService/);

    @Module({ imports: [holdfast], providers: [Orders] })
    class ImportingModule {}
    const compiled = await Test.createTestingModule({ imports: [ImportingModule] }).compile();
    const app = await compiled.init();
    onTestFinished(() => app.close());
    expect(await app.get(Orders, { strict: false }).pay()).toBe('paid');
  });
});

describe('connection', () => {
  it('is made with the application and not before', async () => {
    let made = 0;
    const connection = (): Redis => {
      made += 1;
      return new Redis(sharedRedisUrl());
    };
    const holdfast = HoldfastModule.forRoot({ ...connected(), connection });
    expect(made).toBe(0);
    const compiled = await Test.createTestingModule({ imports: [holdfast] }).compile();
    const app = await compiled.init();
    expect(made).toBeGreaterThan(0);
    await app.close();
  });

  it('of a client of yours is never closed by us', async () => {
    const client = new Redis(sharedRedisUrl());
    onTestFinished(() => client.disconnect());
    const shop = await startApp({ holdfast: { connection: client }, providers: [Orders] });
    expect(await shop.app.get(Orders).pay()).toBe('paid');
    await shop.close();
    expect(await client.ping()).toBe('PONG');
  });
});
