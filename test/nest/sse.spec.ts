import { Controller, Get, Sse, type MessageEvent } from '@nestjs/common';
import { WithLock } from '@holdfast/nest';
import { Observable, of, Subject } from 'rxjs';
import { describe, expect, it } from 'vitest';
import { eventually } from '../support/eventually.js';
import { decorate } from './support/decorate.js';
import { ADAPTERS, LogLines, startApp } from './support/test-app.js';

const LOCK = WithLock({ name: 'prices', wait: 0 });

describe.each(ADAPTERS)('on %s', (adapter) => {
  describe.each(['above', 'below'])('@Sse %s @WithLock', (where) => {
    const around = where === 'above' ? [Sse(), LOCK] : [LOCK, Sse()];

    it('holds from the first event until the source completes, and keeps a second reader out', async () => {
      const source = new Subject<MessageEvent>();
      const logger = new LogLines();
      const shop = await startApp({ adapter, controllers: [pricesController(source, around)], logger });
      const inspect = () => shop.outsider.locks.inspect('prices');

      const reading = shop.fetch('/prices').then((response) => response.text());
      await eventually(() => source.observed);
      expect((await inspect()).held).toBe(true);
      source.next({ data: 'first' });
      // Nest sends the headers a moment after subscribing: later failures can only be told as an event.
      expect(await secondReader(shop.url)).toMatch(/^409 |event: error/);
      expect((await inspect()).held).toBe(true);
      source.complete();

      expect(await reading).toContain('data: first');
      expect((await inspect()).held).toBe(false);
      // Known to stream before the call, so that the lock is taken once.
      expect(logger.of('warn')).toEqual([]);
    });

    it('gives the lock back when the client goes away', async () => {
      const source = new Subject<MessageEvent>();
      const shop = await startApp({ adapter, controllers: [pricesController(source, around)] });
      const client = new AbortController();
      const reading = shop.fetch('/prices', { signal: client.signal }).then((response) => response.text());
      await eventually(() => source.observed);

      client.abort();
      await expect(reading).rejects.toThrow(/abort/);
      await eventually(async () => !(await shop.outsider.locks.inspect('prices')).held);
      expect(source.observed).toBe(false);
    });

    it('gives the lock back when the source fails', async () => {
      const source = new Subject<MessageEvent>();
      const shop = await startApp({ adapter, controllers: [pricesController(source, around)] });
      const reading = shop.fetch('/prices').then((response) => response.text());
      await eventually(() => source.observed);
      source.error(new RangeError('feed is gone'));
      expect(await reading).toContain('event: error');
      expect((await shop.outsider.locks.inspect('prices')).held).toBe(false);
    });
  });

  it('a route that returns an Observable answers with its last value, under the lock', async () => {
    @Controller('prices')
    class Prices {
      @Get('typed')
      @WithLock({ name: 'prices', wait: 0 })
      typed(): Observable<{ price: number }> {
        return of({ price: 1 }, { price: 2 });
      }

      @WithLock({ name: 'prices', wait: 0 })
      @Get('untyped')
      untyped() {
        return of({ price: 3 });
      }
    }
    const shop = await startApp({ adapter, controllers: [Prices] });
    expect(await (await shop.fetch('/prices/typed')).json()).toEqual({ price: 2 });
    expect(await (await shop.fetch('/prices/untyped')).json()).toEqual({ price: 3 });
    await using _lease = await shop.outsider.locks.acquire('prices');
    expect((await shop.fetch('/prices/typed')).status).toBe(409);
    expect((await shop.fetch('/prices/untyped')).status).toBe(409);
  });
});

/** The method has no return type that the compiler emits: only @Sse tells that it streams. */
function pricesController(source: Subject<MessageEvent>, decorators: readonly MethodDecorator[]) {
  @Controller('prices')
  class Prices {
    stream() {
      return source;
    }
  }
  decorate(Prices.prototype, 'stream', decorators);
  return Prices;
}

async function secondReader(url: string): Promise<string> {
  const response = await fetch(`${url}/prices`);
  return `${response.status} ${await response.text()}`;
}
