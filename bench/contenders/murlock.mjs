// murlock inside a Nest application without a server, through its service. With `blocking` it waits without end,
// asking again after `wait`, for which its manual has 1,000 ms.
import 'reflect-metadata';
import { Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { MurLockModule, MurLockService } from 'murlock';

export default {
  name: 'murlock',
  about: 'murlock on node-redis: `MurLockService.runWithLock()`, blocking',
  can: ['lock', 'wait'],
  cannot: { tryOnce: 'waits before it says that a lock is busy', hold: 'does not renew' },
  cannotInQuick: { wait: 'asks again once a second, so a crowd of it takes too long; in full it takes part' },
  lockKeyOf: (key) => key,
  connect: async ({ port }) => {
    const service = await serviceFor(port);
    return {
      acquire: (key, { ttlMs }) =>
        new Promise((resolve, reject) => {
          const done = service.runWithLock(
            key,
            ttlMs,
            () => new Promise((leave) => resolve({ leave, whenDone: () => done })),
          );
          done.catch(reject);
        }),
      release: ({ leave, whenDone }) => {
        leave();
        return whenDone();
      },
    };
  },
};

async function serviceFor(port) {
  const murlock = MurLockModule.forRoot({
    redisOptions: { url: `redis://127.0.0.1:${port}` },
    wait: 1_000,
    maxAttempts: 3,
    // Not 'none', with which it logs everything.
    logLevel: 'error',
    ignoreUnlockFail: false,
    blocking: true,
  });
  class BenchModule {}
  Module({ imports: [murlock] })(BenchModule);
  const app = await NestFactory.createApplicationContext(BenchModule, { logger: ['error'] });
  return app.get(MurLockService);
}
