// murlock: README, "Using MurLockService Directly". It neither renews nor signals; "Best Practices" asks for short-lived
// locks, so its work is done after 0.3 of the ttl. The same chapter asks for `failFastOnRedisError` in production and for
// `blocking` where an operation must succeed in the end.
import 'reflect-metadata';
import { Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { MurLockModule, MurLockService } from 'murlock';

const WORK_OF_TTL = 0.3;

/** @type {import('./user.d.ts').User} */
export default {
  name: 'murlock',
  package: 'murlock',
  about: '`MurLockService.runWithLock()`; the work fits into 0.3 of the ttl',
  documented:
    'its README, "Using `MurLockService` Directly" and "Best Practices": `failFastOnRedisError`, `blocking`, `wait` of 1 s',
  lockKeyOf: (key) => key,
  connect: async ({ port, ttlMs }) => {
    const service = await serviceFor(port);
    return {
      run: (key, work) =>
        service.runWithLock(key, ttlMs, () =>
          work.untilDone(() => undefined, { steps: work.stepsIn(WORK_OF_TTL * ttlMs) }),
        ),
    };
  },
};

async function serviceFor(port) {
  const murlock = MurLockModule.forRoot({
    redisOptions: { url: `redis://127.0.0.1:${port}` },
    wait: 1_000,
    maxAttempts: 3,
    logLevel: 'error',
    failFastOnRedisError: true,
    blocking: true,
  });
  class UserModule {}
  Module({ imports: [murlock] })(UserModule);
  const app = await NestFactory.createApplicationContext(UserModule, { logger: ['error'] });
  return app.get(MurLockService);
}
