/** One replica: a Nest application on a free port of this machine. The same in a process of its own and with --embedded. */
import { getHoldfastToken, JobService, type Holdfast } from '@holdfast/nest';
import type { INestApplication } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { SchedulerRegistry } from '@nestjs/schedule';
import type { Server } from 'node:http';
import { lifeOf } from '../bookkeeping/entries.js';
import { BooksConnection } from './books/books-connection.js';
import { tellJobNews, tellSkippedTicks } from './job-news.js';
import { tellLeaseNews } from './lease-news.js';
import { ShopModule, type ReplicaParts } from './shop.module.js';
import type { Tell } from '../wire/news.js';
import { ToldLogger } from './told-logger.js';

export class ReplicaApp {
  readonly port: number;
  readonly #app: INestApplication<Server>;
  readonly #tell: Tell;
  readonly #stopNews: () => void;

  private constructor(app: INestApplication<Server>, tell: Tell, stopNews: () => void) {
    this.#app = app;
    this.port = portOf(app);
    this.#tell = tell;
    this.#stopNews = stopNews;
  }

  /** Boots it. It serves, and its cron jobs tick, from then on. */
  static async start(parts: ReplicaParts): Promise<ReplicaApp> {
    const replica = lifeOf(parts.setup.author);
    const told = [tellLeaseNews(replica, parts.tell), tellJobNews(replica, parts.tell)];
    const stopNews = (): void => told.forEach((stop) => stop());
    try {
      const app = await NestFactory.create<INestApplication<Server>>(ShopModule.forReplica(parts), {
        logger: new ToldLogger(parts.tell),
        abortOnError: false,
      });
      await app.listen(0, '127.0.0.1');
      return new ReplicaApp(app, parts.tell, stopNews);
    } catch (error) {
      stopNews();
      throw error;
    }
  }

  /** Lets running jobs end, gives locks back, closes. */
  async stop(): Promise<void> {
    // What a server that is gone would have said is not worth more than the end.
    await tellSkippedTicks(this.#app.get(JobService), this.#tell).catch(() => undefined);
    await this.#app.close();
    this.#stopNews();
  }

  /**
   * What SIGKILL does to a process, done to an app: its timers, its port and its ways out are gone at once, and
   * nothing is given back. Its connection to the locks is dropped by whoever owns that.
   */
  crash(): void {
    this.#app.get(BooksConnection).cut();
    for (const job of this.#app.get(SchedulerRegistry).getCronJobs().values()) void job.stop();
    const server = this.#app.getHttpServer();
    server.close();
    server.closeAllConnections();
    this.#stopNews();
    // A dead process waits for nobody: without this its runs would have the grace of a shutdown.
    void this.#app.get<Holdfast>(getHoldfastToken()).close(0);
  }
}

function portOf(app: INestApplication<Server>): number {
  const address = app.getHttpServer().address();
  if (address === null || typeof address === 'string') throw new Error('the replica has no port');
  return address.port;
}
