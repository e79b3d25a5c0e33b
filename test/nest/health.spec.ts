import { Controller, Get, Inject, Injectable, Query } from '@nestjs/common';
import { HealthCheckService, TerminusModule } from '@nestjs/terminus';
import { ClusterCron, HoldfastHealthIndicator, JobService, LockConfigError } from '@holdfast/nest';
import { describe, expect, it, onTestFinished } from 'vitest';
import { eventually, within } from '../support/eventually.js';
import { startRedis } from '../support/redis-server.js';
import { Gate } from './support/gate.js';
import { LogLines, startApp, type TestAppOptions } from './support/test-app.js';

@Controller()
class Probes {
  constructor(
    @Inject(HealthCheckService) private readonly health: HealthCheckService,
    @Inject(HoldfastHealthIndicator) private readonly holdfast: HoldfastHealthIndicator,
  ) {}

  @Get('ready')
  ready(): Promise<unknown> {
    return this.health.check([() => this.holdfast.check()]);
  }

  @Get('strict')
  strict(): Promise<unknown> {
    return this.health.check([() => this.holdfast.check('locks and jobs', { whenDegraded: 'down' })]);
  }

  @Get('misspelt')
  misspelt(@Query() options: object): Promise<unknown> {
    return this.health.check([() => this.holdfast.check('holdfast', options)]);
  }
}

@Injectable()
class Books {
  readonly gate = new Gate();

  @ClusterCron('* * * * * *', { name: 'close-books', overdueAfter: '300ms' })
  close(): Promise<void> {
    return this.gate.opened;
  }
}

async function startShop(options: TestAppOptions = {}) {
  const imports = [TerminusModule.forRoot({ logger: false })];
  const shop = await startApp({ ...options, imports, controllers: [Probes] });
  const ask = async (path: string) => {
    const response = await within(2_000, path, shop.fetch(path));
    const body: { readonly status: string; readonly details: unknown } = JSON.parse(await response.text());
    return { status: response.status, body };
  };
  return { shop, ask };
}

describe('a health check of terminus', () => {
  it('answers 200 while Redis answers and nothing is overdue', async () => {
    const { ask } = await startShop();
    expect(await ask('/ready')).toMatchObject({
      status: 200,
      body: {
        status: 'ok',
        details: { holdfast: { status: 'up', state: 'up', roundTripMs: expect.any(Number) } },
      },
    });
    expect(await ask('/strict')).toMatchObject({
      status: 200,
      body: { details: { 'locks and jobs': { status: 'up', state: 'up' } } },
    });
  });

  it.each([
    ['has stopped', 'SIGKILL', 'disconnected'],
    ['is silent', 'SIGSTOP', 'timeout'],
  ] as const)(
    'answers 503 while Redis %s, says why, and 200 when it is back',
    async (_, signal, condition) => {
      const redis = await startRedis();
      onTestFinished(() => redis.stop());
      const { ask } = await startShop({ holdfast: { connection: redis.url, attemptTimeout: '500ms' } });
      expect((await ask('/ready')).status).toBe(200);

      await redis.kill(signal);
      const down = await eventually(async () => {
        const answer = await ask('/ready');
        return answer.status === 503 ? answer : undefined;
      });
      const entry = { status: 'down', state: 'down', condition, overdue: [] };
      expect(down.body).toMatchObject({ status: 'error', details: { holdfast: entry } });
      expect(await ask('/strict')).toMatchObject({ status: 503 });

      await (signal === 'SIGSTOP' ? redis.kill('SIGCONT') : redis.restart({ empty: true }));
      await eventually(async () => (await ask('/ready')).status === 200);
    },
  );

  it('answers 200 while a job is overdue, and says which; 503 where that was asked for', async () => {
    const { shop, ask } = await startShop({ providers: [Books] });
    const overdue = () =>
      shop.app
        .get(JobService)
        .list()
        .some(({ overdueSince }) => overdueSince !== undefined);
    await eventually(overdue);

    const entry = {
      state: 'degraded',
      roundTripMs: expect.any(Number),
      overdue: [{ job: 'close-books', since: expect.any(Number) }],
    };
    expect(await ask('/ready')).toMatchObject({
      status: 200,
      body: { status: 'ok', details: { holdfast: { ...entry, status: 'up' } } },
    });
    expect(await ask('/strict')).toMatchObject({
      status: 503,
      body: { status: 'error', details: { 'locks and jobs': { ...entry, status: 'down' } } },
    });

    shop.app.get(Books).gate.open();
    await eventually(async () => (await ask('/strict')).status === 200);
  });

  it('with an option that does not exist is a fault of the program: 500, and the reason in the log', async () => {
    const logger = new LogLines();
    const { ask } = await startShop({ logger });
    expect((await ask('/misspelt?whenOverdue=down')).status).toBe(500);
    expect(logger.of('error', 'whenOverdue: unknown option; there is whenDegraded')).toHaveLength(1);
  });
});

describe('the health indicator', () => {
  const indicator = new HoldfastHealthIndicator({
    health: async () => ({ status: 'up', roundTripMs: 1 }),
  });
  const faultsOf = async (...given: readonly unknown[]): Promise<readonly string[]> => {
    const checking: Promise<unknown> = Reflect.apply(indicator.check, indicator, given);
    const reason: unknown = await checking.catch((error: unknown) => error);
    if (LockConfigError.is(reason)) return reason.faults;
    throw new Error('it was checked', { cause: reason });
  };

  it.each([
    ['', {}, 'key: "" must be a name for the entry'],
    [7, undefined, 'key: 7 must be a name for the entry'],
    ['holdfast', 'down', 'options: "down" must be { whenDegraded }'],
    ['holdfast', null, 'options: null must be { whenDegraded }'],
    ['holdfast', { whenDegraded: 'ok' }, `whenDegraded: "ok" must be 'up' or 'down'`],
    ['holdfast', { whenDegraded: true }, `whenDegraded: true must be 'up' or 'down'`],
    ['holdfast', { whenOverdue: 'up' }, 'whenOverdue: unknown option; there is whenDegraded'],
  ])('refuses to check %j with %j', async (key, options, fault) => {
    expect(await faultsOf(key, options)).toEqual([fault]);
  });

  it('tells all faults together', async () => {
    expect(await faultsOf('', { whenDegraded: 1, when: 2 })).toHaveLength(3);
  });
});
