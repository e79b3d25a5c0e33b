/** The bookkeeping department's counter: `Books` over HTTP, on a free port of this machine only. */
import { StaleFenceError } from '@holdfast/core';
import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { Fields, FormatError } from '../wire/fields.js';
import { CART_LIFETIME_MS } from '../pace.js';
import type { Books } from './books.js';
import { readAuthor, readOrder, readPosting, readRun } from './wire-entries.js';

type Route = (request: Fields) => unknown;

export class BooksServer {
  readonly #routes: ReadonlyMap<string, Route>;
  readonly #server: Server;

  constructor(books: Books) {
    this.#routes = routesOf(books);
    this.#server = createServer((request, response) => void this.#serve(request, response));
  }

  /** Resolves to the address. */
  async listen(): Promise<string> {
    this.#server.listen(0, '127.0.0.1');
    await once(this.#server, 'listening');
    const address = this.#server.address();
    if (address === null || typeof address === 'string')
      throw new Error('the bookkeeping service has no port');
    return `http://127.0.0.1:${address.port}`;
  }

  async close(): Promise<void> {
    this.#server.close();
    this.#server.closeAllConnections();
    await once(this.#server, 'close');
  }

  async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    try {
      const body = await readBody(request);
      const route = this.#routes.get(`${request.method} ${request.url}`);
      if (route === undefined) return answer(response, 404, { error: 'there is no such route' });
      answer(response, 200, route(Fields.parse(body === '' ? '{}' : body, 'request')) ?? {});
    } catch (error) {
      refuse(response, error);
    }
  }
}

function routesOf(books: Books): ReadonlyMap<string, Route> {
  return new Map<string, Route>([
    ['POST /orders', (request) => books.acceptOrder(readOrder(request), readAuthor(request))],
    ['POST /carts', (request) => books.openCart(request.text('cartId'), readAuthor(request))],
    ['POST /runs/start', (request) => books.startRun(readRun(request))],
    ['POST /runs/post', (request) => books.post(readPosting(request), readRun(request))],
    ['POST /runs/finish', (request) => books.finishRun(readRun(request))],
    ['POST /runs/fail', (request) => books.failRun(readRun(request), request.text('reason'))],
    ['GET /tasks/open-orders', () => ({ orders: books.work.openOrders() })],
    ['GET /tasks/old-carts', () => ({ carts: books.work.cartsOpenedBefore(Date.now() - CART_LIFETIME_MS) })],
    ['GET /tasks/unclosed-invoices', () => ({ invoices: books.work.unclosedInvoices() })],
    ['GET /tasks/imported', () => ({ imported: books.work.imported })],
  ]);
}

async function readBody(request: IncomingMessage): Promise<string> {
  let body = '';
  for await (const chunk of request.setEncoding('utf8')) body += String(chunk);
  return body;
}

function refuse(response: ServerResponse, error: unknown): void {
  if (StaleFenceError.is(error)) {
    const { fence, highestSeen } = error;
    answer(response, 409, { error: 'stale-fence', fence, highestSeen });
  } else if (error instanceof FormatError) {
    answer(response, 400, { error: error.message });
  } else if (!response.destroyed) {
    answer(response, 500, { error: String(error) });
  }
}

function answer(response: ServerResponse, status: number, body: unknown): void {
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
}
