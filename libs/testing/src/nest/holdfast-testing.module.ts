/** `HoldfastModule` for tests: on locks in memory, with a handle to move the clock and to interfere. */
import {
  Module,
  type DynamicModule,
  type INestApplicationContext,
  type OnModuleDestroy,
} from '@nestjs/common';
import { HoldfastModule, type HoldfastModuleOptions } from '@holdfast/nest';
import { LockTesting, type LockTestingOptions } from '../lock-testing/lock-testing.js';

/** Options of {@link HoldfastTestingModule}: of the module, without its connection, and of the handle. */
export interface HoldfastTestingOptions
  extends LockTestingOptions, Omit<Partial<HoldfastModuleOptions>, 'connection' | 'namespace'> {
  /** The named instance that this one stands for. @defaultValue the unnamed one */
  readonly instance?: string | undefined;
}

/** A body that is still inside when the application closes is waited for this long, in real time. */
const GRACE = '1s';

/**
 * Brings `@WithLock` and `LockService` into a test, with the real engine and the real scripts, but without Redis and
 * on a clock that only the test moves. Import it in the place of `HoldfastModule.forRoot`.
 * @example `Test.createTestingModule({ imports: [HoldfastTestingModule.forRoot()], providers: [ReportService] })`
 */
@Module({})
export class HoldfastTestingModule {
  static forRoot(options: HoldfastTestingOptions = {}): DynamicModule {
    const { namespace, clock, instance, ...ofModule } = options;
    const testing = new LockTesting({ namespace, clock });
    const grace = ofModule.shutdownGrace === undefined ? { shutdown: { grace: GRACE } as const } : {};
    const holdfast = HoldfastModule.forRoot({
      ...grace,
      ...ofModule,
      connection: testing.connection,
      namespace: testing.namespace,
      instance,
    });
    const handle = tokenOf(instance);
    return {
      module: HoldfastTestingModule,
      global: true,
      imports: [holdfast],
      providers: [
        { provide: handle, useValue: testing },
        { provide: TimeAtShutdown, useFactory: () => new TimeAtShutdown(testing) },
      ],
      exports: [handle],
    };
  }
}

/**
 * The handle of the {@link HoldfastTestingModule} in a testing module or an application.
 * @param instance - The `instance` given to the module; leave it out for the unnamed one.
 * @throws what Nest throws when that module was not imported
 */
export function lockTesting(moduleRef: Pick<INestApplicationContext, 'get'>, instance?: string): LockTesting {
  return moduleRef.get<LockTesting>(tokenOf(instance), { strict: false });
}

function tokenOf(instance: string | undefined): symbol {
  return Symbol.for(
    instance === undefined ? '@holdfast/testing LockTesting' : `@holdfast/testing LockTesting "${instance}"`,
  );
}

/** The first hook of a shutdown: what comes after waits for holders, which on a standing clock would never end. */
class TimeAtShutdown implements OnModuleDestroy {
  constructor(private readonly testing: LockTesting) {}

  onModuleDestroy(): void {
    void this.testing.close();
    void this.testing.passTimeUntilClosed();
  }
}
