/** A private redis-server on a free port of this machine, with its files in a temp folder. */
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import type { OrphanGuard } from './orphan-guard.js';

const READY_WITHIN_MS = 10_000;
const ATTEMPTS = 3;

export interface RedisServer {
  readonly url: string;
  stop(): Promise<void>;
}

/** Starts one, or resolves to `undefined` if there is no redis-server in PATH. Rejects if there is one and it fails. */
export async function startRedisServer(guard: OrphanGuard): Promise<RedisServer | undefined> {
  const folder = await mkdtemp(join(tmpdir(), 'holdfast-demo-'));
  guard.watchFolder(folder);
  for (let attempt = 1; ; attempt += 1) {
    const port = await freePort();
    const child = launch(port, folder);
    guard.watch(child);
    const outcome = await outcomeOf(child);
    if (outcome === 'ready') return { url: `redis://127.0.0.1:${port}`, stop: () => stop(child, folder) };
    child.kill('SIGKILL');
    // Somebody may have taken the port since we looked, so it is worth another try.
    if (outcome !== 'missing' && attempt < ATTEMPTS) continue;
    await rm(folder, { recursive: true, force: true });
    if (outcome === 'missing') return undefined;
    throw new Error(`redis-server did not start: ${outcome.failed}`);
  }
}

function launch(port: number, folder: string): ChildProcess {
  const args = [
    '--port',
    String(port),
    '--bind',
    '127.0.0.1',
    '--dir',
    folder,
    '--save',
    '',
    '--appendonly',
    'yes',
  ];
  // A session of its own, or Ctrl-C would end the server before the replicas gave back what they hold.
  return spawn('redis-server', args, { stdio: ['ignore', 'pipe', 'pipe'], detached: true });
}

type Outcome = 'ready' | 'missing' | { readonly failed: string };

function outcomeOf(child: ChildProcess): Promise<Outcome> {
  return new Promise((resolve) => {
    let said = '';
    const late = setTimeout(() => resolve({ failed: `not ready within 10 s\n${said}` }), READY_WITHIN_MS);
    const settle = (outcome: Outcome): void => {
      clearTimeout(late);
      resolve(outcome);
    };
    child.once('error', (error) =>
      settle('code' in error && error.code === 'ENOENT' ? 'missing' : { failed: error.message }),
    );
    child.once('exit', (code) => settle({ failed: `it ended with ${code}\n${said}` }));
    for (const stream of [child.stdout, child.stderr]) {
      stream?.on('data', (chunk) => {
        said = (said + String(chunk)).slice(-4_000);
        if (said.includes('Ready to accept connections')) settle('ready');
      });
    }
  });
}

async function stop(child: ChildProcess, folder: string): Promise<void> {
  if (child.exitCode === null && child.signalCode === null) {
    const ended = once(child, 'exit');
    child.kill('SIGTERM');
    const stopWaiting = new AbortController();
    const late = pause(3_000, undefined, { signal: stopWaiting.signal }).then(() => child.kill('SIGKILL'));
    late.catch(() => undefined);
    await ended;
    stopWaiting.abort();
  }
  await rm(folder, { recursive: true, force: true });
}

async function freePort(): Promise<number> {
  const probe = createServer().listen(0, '127.0.0.1');
  await once(probe, 'listening');
  const address = probe.address();
  probe.close();
  await once(probe, 'close');
  if (address === null || typeof address === 'string') throw new Error('there is no free port');
  return address.port;
}
