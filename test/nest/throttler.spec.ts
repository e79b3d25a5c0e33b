/** `@nestjs/throttler` with what it counts on all replicas together. */
import { Controller, Get, UseGuards } from '@nestjs/common';
import { HoldfastThrottlerStorage, ScriptService } from '@holdfast/nest';
import { Throttle, ThrottlerGuard, ThrottlerModule } from '@nestjs/throttler';
import { expect, it } from 'vitest';
import { eventually } from '../support/eventually.js';
import { startApp } from './support/test-app.js';

@Controller()
@UseGuards(ThrottlerGuard)
class Pages {
  @Get('page')
  page(): string {
    return 'page';
  }

  @Get('login')
  @Throttle({ default: { limit: 1, ttl: 60_000, blockDuration: 300 } })
  login(): string {
    return 'in';
  }
}

const imports = [
  ThrottlerModule.forRootAsync({
    inject: [ScriptService],
    useFactory: (scripts: ScriptService) => ({
      throttlers: [{ limit: 2, ttl: 60_000 }],
      storage: new HoldfastThrottlerStorage(scripts),
    }),
  }),
];

it('counts hits, and tells the throttler when to let pass again', async () => {
  const { fetch } = await startApp({ controllers: [Pages], imports });
  const answers = [];
  for (let hit = 0; hit < 3; hit += 1) answers.push(await fetch('/page'));
  expect(answers.map(({ status }) => status)).toEqual([200, 200, 429]);
  expect(answers[0]?.headers.get('x-ratelimit-remaining')).toBe('1');
  expect(Number(answers[2]?.headers.get('retry-after'))).toBeGreaterThan(50);
});

it('counts on all replicas together', async () => {
  const { app, outsider } = await startApp({ controllers: [Pages], imports });
  const storages = [app.get(ScriptService), outsider.scripts].map(
    (scripts) => new HoldfastThrottlerStorage(scripts),
  );
  const hits = [];
  for (const storage of [...storages, ...storages])
    hits.push(await storage.increment('somebody', 60_000, 3, 5_000, 'default'));
  expect(hits.map(({ totalHits, isBlocked }) => [totalHits, isBlocked])).toEqual([
    [1, false],
    [2, false],
    [3, false],
    [4, true],
  ]);
  expect(hits.map(({ timeToBlockExpire }) => timeToBlockExpire)).toEqual([0, 0, 0, 5]);
});

it('blocks for as long as the throttler says, and begins anew then', async () => {
  const { fetch } = await startApp({ controllers: [Pages], imports });
  const statuses = [];
  for (let hit = 0; hit < 3; hit += 1) statuses.push((await fetch('/login')).status);
  expect(statuses).toEqual([200, 429, 429]);
  await eventually(async () => (await fetch('/login')).status === 200, { everyMs: 50 });
  expect((await fetch('/login')).status).toBe(429);
});
