import { LockService, type HoldfastConnection } from '@holdfast/core';
import { HoldfastModule } from '@holdfast/nest';
import { Module, type DynamicModule, type Provider } from '@nestjs/common';
import { ScheduleModule } from '@nestjs/schedule';
import { lifeOf } from '../bookkeeping/entries.js';
import { LEASE_TTL_MS } from '../pace.js';
import type { ReplicaSetup, Tell } from '../wire/news.js';
import { BookkeepingService } from './books/bookkeeping.service.js';
import { BooksConnection } from './books/books-connection.js';
import { FreezePoint } from './freeze-point.js';
import { CartsController } from './http/carts.controller.js';
import { OrdersController } from './http/orders.controller.js';
import { CloseBooksJob } from './jobs/close-books.job.js';
import { ExpireCartsJob } from './jobs/expire-carts.job.js';
import { ImportOrdersJob } from './jobs/import-orders.job.js';
import { InvoiceOrdersJob } from './jobs/invoice-orders.job.js';
import { UnguardedClosing } from './jobs/unguarded-closing.js';
import { ReplicaIdentity } from './replica-identity.js';
import { UnguardedLocks } from './unguarded-locks.js';

/** What a replica is made with: its setup, where locks live, and where `--freeze-one` strikes. */
export interface ReplicaParts {
  readonly setup: ReplicaSetup;
  readonly connection: HoldfastConnection;
  readonly freezePoint: FreezePoint;
  readonly tell: Tell;
}

@Module({})
export class ShopModule {
  static forReplica({ setup, connection, freezePoint, tell }: ReplicaParts): DynamicModule {
    // What --unguarded changes: jobs find another lock service, nearer than the module's, and a schedule of each replica's
    // own stands in for the job layer, which runs nothing.
    const unguarded: Provider[] = setup.unguarded
      ? [{ provide: LockService, useClass: UnguardedLocks }, UnguardedClosing]
      : [];
    return {
      module: ShopModule,
      imports: [
        ScheduleModule.forRoot(),
        HoldfastModule.forRoot({
          connection,
          namespace: setup.namespace,
          replica: lifeOf(setup.author),
          ttl: LEASE_TTL_MS,
          jobs: { enabled: !setup.unguarded },
          log: (_level, text) => tell({ type: 'log', text }),
        }),
      ],
      controllers: [OrdersController, CartsController],
      providers: [
        { provide: ReplicaIdentity, useValue: new ReplicaIdentity(setup.author) },
        { provide: BooksConnection, useValue: new BooksConnection(setup.booksUrl) },
        { provide: FreezePoint, useValue: freezePoint },
        BookkeepingService,
        InvoiceOrdersJob,
        CloseBooksJob,
        ExpireCartsJob,
        ImportOrdersJob,
        ...unguarded,
      ],
    };
  }
}
