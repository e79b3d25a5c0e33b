import { Catch, Controller, Get, NotFoundException, Param, Res, type ArgumentsHost } from '@nestjs/common';
import { APP_FILTER, BaseExceptionFilter } from '@nestjs/core';
import {
  LeaseLostError,
  LockAbortedError,
  LockBusyError,
  LockClosedError,
  LockConfigError,
  LockHoldLimitError,
  LockNotWiredError,
  LockReentryError,
  LockRefusedError,
  LockTimeoutError,
  LockUnavailableError,
  OnceFailedError,
  OnceResultError,
  RateLimitedError,
  ScriptReplyError,
  StaleFenceError,
  toHttpException,
  type LockError,
} from '@holdfast/nest';
import { STATUS_CODES, type ServerResponse } from 'node:http';
import { describe, expect, it } from 'vitest';
import { ADAPTERS, LogLines, startApp } from './support/test-app.js';

const HOLDER = { processId: 'secret-process', replica: 'secret-replica', host: 'secret-host', pid: 4711 };
const contention = (retryAfterMs: number) => ({ heldBy: HOLDER, retryAfterMs, waitedMs: 10 });
const NAME = 'secret-name';

interface Row {
  readonly error: LockError;
  readonly status: number;
  readonly retryAfter: string | null;
  readonly logged: boolean;
}

const ROWS: Row[] = [
  { error: new LockBusyError(NAME, contention(1)), status: 409, retryAfter: '1', logged: false },
  { error: new LockTimeoutError(NAME, contention(2_001)), status: 409, retryAfter: '3', logged: false },
  {
    error: new OnceFailedError(NAME, { name: 'Error', message: 'secret' }),
    status: 500,
    retryAfter: null,
    logged: false,
  },
  { error: new ScriptReplyError(NAME, ['secret']), status: 500, retryAfter: null, logged: false },
  { error: new OnceResultError(NAME, 'secret'), status: 500, retryAfter: null, logged: false },
  { error: new RateLimitedError(NAME, { retryAfterMs: 1_500 }), status: 429, retryAfter: '2', logged: false },
  {
    error: new LockUnavailableError(NAME, { condition: 'secret-condition', waitedMs: 1 }),
    status: 503,
    retryAfter: '1',
    logged: false,
  },
  {
    error: new LockRefusedError(NAME, { condition: 'no-permission' }),
    status: 503,
    retryAfter: null,
    logged: true,
  },
  { error: new LockClosedError(NAME), status: 503, retryAfter: null, logged: false },
  { error: new LockAbortedError(NAME, 'secret-reason'), status: 503, retryAfter: null, logged: false },
  {
    error: new LeaseLostError(NAME, { reason: 'taken', fence: 5 }),
    status: 500,
    retryAfter: null,
    logged: false,
  },
  {
    error: new LockHoldLimitError(NAME, { holdAtMostMs: 5, fence: 5 }),
    status: 500,
    retryAfter: null,
    logged: false,
  },
  { error: new LockReentryError(NAME), status: 500, retryAfter: null, logged: true },
  {
    error: new LockConfigError('secret-what', ['secret-fault']),
    status: 500,
    retryAfter: null,
    logged: true,
  },
  { error: new LockNotWiredError('secret-message', NAME), status: 500, retryAfter: null, logged: true },
  {
    error: new StaleFenceError(NAME, { fence: 1, highestSeen: 2 }),
    status: 409,
    retryAfter: null,
    logged: false,
  },
];

/** An error of a second copy of core has the code, and another class. */
class CopiedError extends Error {
  readonly code = 'ERR_LOCK_TIMEOUT';
  readonly retryAfterMs = 5_000;
}
class ForeignError extends Error {
  readonly code = 'ERR_LOCK_OF_SOMETHING_ELSE';
}

const OTHERS: Readonly<Record<string, () => Error>> = {
  copied: () => new CopiedError('secret-message'),
  foreign: () => new ForeignError('secret-message'),
  missing: () => new NotFoundException('no such order'),
  broken: () => new RangeError('secret-message'),
};

@Controller()
class Failing {
  @Get('code/:code')
  async byCode(@Param('code') code: string): Promise<void> {
    const row = ROWS.find(({ error }) => error.code === code);
    if (row !== undefined) throw row.error;
  }

  @Get('other/:name')
  async other(@Param('name') name: string): Promise<void> {
    const make = OTHERS[name];
    if (make !== undefined) throw make();
  }

  @Get('late')
  async late(@Res() response: ServerResponse): Promise<void> {
    response.writeHead(200);
    response.write('half of it');
    throw new LockClosedError(NAME);
  }
}

describe.each(ADAPTERS)('on %s', (adapter) => {
  it.each(ROWS.map((row) => [row.error.code, row.status, row] as const))(
    '%s answers %s and tells nothing of lock, key and holder',
    async (code, status, { retryAfter, logged }) => {
      const logger = new LogLines();
      const shop = await startApp({ adapter, controllers: [Failing], logger });
      const response = await shop.fetch(`/code/${code}`);
      const body = await response.text();
      expect(response.status).toBe(status);
      expect(response.headers.get('retry-after')).toBe(retryAfter);
      expect(body).not.toContain('secret');
      expect(JSON.parse(body)).toEqual({
        statusCode: status,
        message: expect.any(String),
        error: STATUS_CODES[status],
        errorCode: code,
      });
      expect(logger.of('error')).toHaveLength(logged ? 1 : 0);
    },
  );

  it('an error of a second copy of core answers the same', async () => {
    const shop = await startApp({ adapter, controllers: [Failing] });
    const response = await shop.fetch('/other/copied');
    expect([response.status, response.headers.get('retry-after')]).toEqual([409, '5']);
  });

  it('other errors go the way they always go', async () => {
    const shop = await startApp({ adapter, controllers: [Failing] });
    expect((await shop.fetch('/other/missing')).status).toBe(404);
    for (const name of ['broken', 'foreign']) {
      const response = await shop.fetch(`/other/${name}`);
      expect(response.status).toBe(500);
      expect(await response.json()).toEqual({ statusCode: 500, message: 'Internal server error' });
    }
  });

  it.each([409, 423, 429, 503] as const)(
    'a busy lock answers %s if it was told to, and nothing else does',
    async (status) => {
      const shop = await startApp({ adapter, controllers: [Failing], holdfast: { httpFilter: { status } } });
      const busy = await shop.fetch('/code/ERR_LOCK_BUSY');
      expect([busy.status, busy.headers.get('retry-after')]).toEqual([status, '1']);
      expect((await shop.fetch('/code/ERR_LOCK_TIMEOUT')).status).toBe(status);
      expect((await shop.fetch('/code/ERR_LOCK_STALE_FENCE')).status).toBe(409);
      expect((await shop.fetch('/code/ERR_LOCK_LOST')).status).toBe(500);
    },
  );

  it('httpFilter: false leaves errors to the application', async () => {
    const shop = await startApp({ adapter, controllers: [Failing], holdfast: { httpFilter: false } });
    const response = await shop.fetch('/code/ERR_LOCK_BUSY');
    expect(response.status).toBe(500);
    expect(await response.json()).toEqual({ statusCode: 500, message: 'Internal server error' });
  });

  it('a catch-all filter of the application can use toHttpException', async () => {
    @Catch()
    class CatchAll extends BaseExceptionFilter {
      override catch(error: unknown, host: ArgumentsHost): void {
        super.catch(toHttpException(error, { status: 423 }) ?? error, host);
      }
    }
    const providers = [{ provide: APP_FILTER, useClass: CatchAll }];
    const shop = await startApp({
      adapter,
      controllers: [Failing],
      providers,
      holdfast: { httpFilter: false },
    });
    expect((await shop.fetch('/code/ERR_LOCK_BUSY')).status).toBe(423);
    expect((await shop.fetch('/other/missing')).status).toBe(404);
  });
});

it('an answer that is under way is ended', async () => {
  const shop = await startApp({ controllers: [Failing] });
  expect(await (await shop.fetch('/late')).text()).toBe('half of it');
});

describe('toHttpException', () => {
  it('keeps the error as cause, and the seconds to wait', () => {
    const error = new LockTimeoutError(NAME, contention(1_500));
    const exception = toHttpException(error);
    expect(exception?.cause).toBe(error);
    expect(exception?.retryAfterSeconds).toBe(2);
    expect(toHttpException(new LockBusyError(NAME, contention(Number.NaN)))?.retryAfterSeconds).toBe(1);
  });

  it('gives nothing for what is not ours', () => {
    expect(
      [new RangeError('no'), undefined, 'ERR_LOCK_BUSY', new ForeignError('no')].map((error) =>
        toHttpException(error),
      ),
    ).toEqual([undefined, undefined, undefined, undefined]);
  });
});
