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

/** Starts one that lasts as long as the run, and waits until it answers. @returns {Promise<number>} its port */
export async function startRedis() {
  const server = new RedisServer();
  await server.start();
  server.child.once('exit', (code, signal) => {
    console.error(`redis-server ended (${code ?? signal})`);
    process.exit(1);
  });
  return server.port;
}

/** One that can be killed and started again. */
export class RedisServer {
  #folder = mkdtempSync(join(tmpdir(), 'holdfast-bench-'));
  /** Stays the same from start to start. */
  port = 0;
  /** @type {import('node:child_process').ChildProcess} */
  child;

  constructor() {
    removeWithUs(this.#folder);
  }

  /** Empty; resolves when it answers. */
  async start() {
    this.port ||= await freePort();
    const where = ['--port', String(this.port), '--bind', '127.0.0.1', '--dir', this.#folder];
    this.child = spawn('redis-server', [...where, '--save', '', '--appendonly', 'no'], { stdio: 'ignore' });
    endWithUs(this.child);
    const deadline = performance.now() + UP_WITHIN_MS;
    while (!(await answers(this.port))) {
      if (performance.now() > deadline) throw new Error('redis-server does not answer');
      await delay(20);
    }
  }

  /** As a power cut would. */
  async kill() {
    const ended = once(this.child, 'exit');
    this.child.kill('SIGKILL');
    await ended;
  }
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
