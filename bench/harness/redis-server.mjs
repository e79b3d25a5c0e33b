// A redis-server of our own on a free port, without persistence, with its files in a temp folder.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync } from 'node:fs';
import { connect, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { endWithUs, removeWithUs } from './cleanup.mjs';

const UP_WITHIN_MS = 10_000;

/** Starts it and waits until it answers. @returns {Promise<number>} its port */
export async function startRedis() {
  const folder = mkdtempSync(join(tmpdir(), 'holdfast-bench-'));
  removeWithUs(folder);
  const port = await freePort();
  const where = ['--port', String(port), '--bind', '127.0.0.1', '--dir', folder];
  const server = spawn('redis-server', [...where, '--save', '', '--appendonly', 'no'], { stdio: 'ignore' });
  endWithUs(server);
  server.once('exit', (code, signal) => {
    console.error(`redis-server ended (${code ?? signal})`);
    process.exit(1);
  });
  const deadline = performance.now() + UP_WITHIN_MS;
  while (!(await answers(port))) {
    if (performance.now() > deadline) throw new Error('redis-server does not answer');
    await delay(20);
  }
  return port;
}

async function freePort() {
  const probe = createServer().listen(0, '127.0.0.1');
  await once(probe, 'listening');
  const address = probe.address();
  probe.close();
  await once(probe, 'close');
  return typeof address === 'object' && address !== null ? address.port : 0;
}

async function answers(port) {
  const socket = connect(port, '127.0.0.1');
  try {
    socket.write('PING\r\n');
    const [reply] = await once(socket, 'data', { signal: AbortSignal.timeout(1_000) });
    return String(reply).startsWith('+PONG');
  } catch {
    return false;
  } finally {
    socket.destroy();
  }
}
