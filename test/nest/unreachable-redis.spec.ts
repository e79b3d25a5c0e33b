import { Controller, Get } from '@nestjs/common';
import { WithLock } from '@holdfast/nest';
import { createServer, type Server, type Socket } from 'node:net';
import { once } from 'node:events';
import { describe, expect, it, onTestFinished } from 'vitest';
import { within } from '../support/eventually.js';
import { freePort, portOf } from '../support/free-port.js';
import { buildApp, LogLines } from './support/test-app.js';

@Controller()
class Orders {
  @Get()
  @WithLock({ name: 'order', wait: '200ms' })
  async pay(): Promise<string> {
    return 'paid';
  }
}

const KINDS = [
  ['refuses connections', async () => `redis://127.0.0.1:${await freePort()}`],
  ['accepts and never answers', blackHole],
] as const;

describe.each(KINDS)('a Redis that %s', (_, connect) => {
  it('neither keeps the application from starting nor from ending, and requests hear 503', async () => {
    const logger = new LogLines();
    const holdfast = { connection: await connect(), preflight: 'warn', connectTimeout: '200ms' } as const;
    const app = await within(3_000, 'boot', buildApp({ controllers: [Orders], logger, holdfast }));
    await app.listen(0, '127.0.0.1');
    expect(logger.of('warn').length).toBeGreaterThan(0);

    const response = await within(2_000, 'request', fetch(await app.getUrl()));
    expect(response.status).toBe(503);
    expect(response.headers.get('retry-after')).toBe('1');
    expect(await response.json()).toMatchObject({ errorCode: 'ERR_LOCK_UNAVAILABLE' });

    await within(3_000, 'shutdown', app.close());
  });
});

async function blackHole(): Promise<string> {
  const sockets = new Set<Socket>();
  const server: Server = createServer((socket) => {
    sockets.add(socket);
    socket.on('error', () => undefined);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  return `redis://127.0.0.1:${portOf(server)}`;
}
