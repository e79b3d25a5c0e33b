/** `@RateLimit` in an application: who passes, what the others are told, and what cannot work. */
import { Controller, Get, Injectable, Query, type ExecutionContext } from '@nestjs/common';
import {
  HoldfastModule,
  InjectRateLimiterService,
  LockConfigError,
  RateLimit,
  RateLimiterService,
  type RateLimitOptions,
} from '@holdfast/nest';
import { describe, expect, it } from 'vitest';
import { ADAPTERS, buildApp, connected, startApp } from './support/test-app.js';

const LONG = '400d';

const who = (context: ExecutionContext): string => {
  const { query }: { query: Record<string, string> } = context.switchToHttp().getRequest();
  return query['who'] ?? 'nobody';
};

@Controller()
@RateLimit({ name: 'all of it', limits: { limit: 5, per: LONG } })
class Logins {
  @Get('login')
  @RateLimit({
    name: 'login',
    key: who,
    limits: [
      { algorithm: 'sliding-window-log', limit: 2, per: '1m' },
      { algorithm: 'fixed-window', limit: 100, per: LONG },
    ],
  })
  login(@Query('who') name: string): string {
    return name;
  }

  @Get('search')
  @RateLimit({ name: 'search', key: () => undefined, cost: 2, limits: { limit: 3, per: '90s' } })
  search(): string {
    return 'found';
  }

  @Get('page')
  page(): string {
    return 'page';
  }
}

describe.each(ADAPTERS)('@RateLimit on %s', (adapter) => {
  it('lets so many pass for each key, and answers the others with 429 and when to come again', async () => {
    const { fetch } = await startApp({ adapter, controllers: [Logins] });
    const statuses = [];
    for (const name of ['a', 'a', 'b', 'a']) statuses.push((await fetch(`/login?who=${name}`)).status);
    expect(statuses).toEqual([200, 200, 200, 429]);
    const refused = await fetch('/login?who=a');
    expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(50);
    expect(await refused.json()).toEqual({
      statusCode: 429,
      message: 'Too many requests; try again later',
      error: 'Too Many Requests',
      errorCode: 'ERR_LOCK_RATE_LIMITED',
    });
  });

  it('tells what the limits are and how they stand, of the controller and of the method', async () => {
    const { fetch } = await startApp({ adapter, controllers: [Logins] });
    const { headers } = await fetch('/login?who=a');
    expect(headers.get('ratelimit-policy')).toBe(
      '"all of it";q=5;w=34560000, "login-1";q=2;w=60, "login-2";q=100;w=34560000',
    );
    expect(headers.get('ratelimit')).toMatch(
      /^"all of it";r=4;t=\d+, "login-1";r=1;t=60, "login-2";r=99;t=\d+$/,
    );
  });

  it('counts what a request costs, and for all together where the key says nothing', async () => {
    const { fetch } = await startApp({ adapter, controllers: [Logins] });
    const answers = [await fetch('/search'), await fetch('/search')];
    expect(answers.map(({ status }) => status)).toEqual([200, 429]);
    expect(answers[1]?.headers.get('ratelimit')).toMatch(/"search";r=1;t=\d+$/);
  });

  it('limits by the address of the request unless it is told otherwise', async () => {
    const { fetch } = await startApp({ adapter, controllers: [Logins] });
    const statuses = [];
    for (let request = 0; request < 6; request += 1) statuses.push((await fetch('/page')).status);
    expect(statuses).toEqual([200, 200, 200, 200, 200, 429]);
  });
});

it('counts for all replicas together', async () => {
  const { fetch, outsider } = await startApp({ controllers: [Logins] });
  const limits = { limit: 3, per: '90s' } as const;
  await outsider.limiters.define('search', { limits }).consume(undefined, 2);
  expect((await fetch('/search')).status).toBe(429);
});

it('counts by the limiters of its instance, which services may have injected, too', async () => {
  @Injectable()
  class Search {
    constructor(
      readonly own: RateLimiterService,
      @InjectRateLimiterService('billing') readonly billing: RateLimiterService,
    ) {}
  }
  @Controller()
  class Invoices {
    @Get('invoices')
    @RateLimit({ name: 'invoices', instance: 'billing', limits: { limit: 1, per: LONG } })
    all(): string {
      return 'none';
    }
  }
  const holdfastModules = [
    HoldfastModule.forRoot(connected()),
    HoldfastModule.forRoot({ ...connected(), instance: 'billing' }),
  ];
  const { app, fetch } = await startApp({ holdfastModules, controllers: [Invoices], providers: [Search] });
  expect((await fetch('/invoices')).status).toBe(200);
  const { own, billing } = app.get(Search);
  expect(own).not.toBe(billing);
  const invoices = [own, billing].map((limiters) =>
    limiters.define('invoices', { limits: { limit: 1, per: LONG } }).peek('127.0.0.1'),
  );
  const remaining = (await Promise.all(invoices)).map(([state]) => state?.remaining);
  expect(remaining).toEqual([1, 0]);
});

it('lets requests pass uncounted when the server cannot be asked, where that was wanted', async () => {
  @Controller()
  class Pages {
    @Get('open')
    @RateLimit({ name: 'open', whenUnavailable: 'allow', limits: { limit: 1, per: LONG } })
    open(): string {
      return 'open';
    }

    @Get('closed')
    @RateLimit({ name: 'closed', limits: { limit: 1, per: LONG } })
    closed(): string {
      return 'closed';
    }
  }
  const nowhere = HoldfastModule.forRoot({
    ...connected(),
    connection: 'redis://127.0.0.1:1',
    connectTimeout: 50,
    attemptTimeout: 50,
  });
  const { fetch } = await startApp({ holdfastModules: [nowhere], controllers: [Pages] });
  const answers = [await fetch('/open'), await fetch('/open'), await fetch('/closed')];
  expect(answers.map(({ status }) => status)).toEqual([200, 200, 503]);
  expect(answers[0]?.headers.get('ratelimit')).toBeNull();
});

describe('options that cannot work', () => {
  const BAD: readonly (readonly [RateLimitOptions, number])[] = [
    [{ name: '', limits: { limit: 0, per: '1s' } }, 2],
    [{ name: 'api', limits: [] }, 1],
    [{ name: 'api', limits: { limit: 5, per: '1s', burst: 1.5 } }, 1],
  ];

  it.each(BAD)('are refused when the class is loaded: %j', (options, faults) => {
    const decorate = (): unknown => {
      class Pages {
        @RateLimit(options)
        page(): string {
          return 'page';
        }
      }
      return Pages;
    };
    expect(decorate).toThrow(
      expect.toSatisfy((error: unknown) => LockConfigError.is(error) && error.faults.length === faults),
    );
  });

  it('of an instance that is not there keep the application from starting', async () => {
    @Controller()
    class Pages {
      @Get('page')
      @RateLimit({ name: 'page', instance: 'nowhere', limits: { limit: 1, per: '1s' } })
      page(): string {
        return 'page';
      }
    }
    await expect(buildApp({ controllers: [Pages] })).rejects.toThrow(/nowhere/);
  });
});
