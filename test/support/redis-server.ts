/** A private redis-server on a free port of 127.0.0.1, with its files in a temp folder. */
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Redis } from 'ioredis';
import { eventually } from './eventually.js';
import { freePort } from './free-port.js';
import { forgetProcess, guardFolder, guardProcess } from './orphan-guard.js';

export interface RedisServerOptions {
  /** Further arguments, such as `['--maxmemory', '1mb']`. */
  readonly args?: readonly string[];
  /** A file that it reads first and may write. */
  readonly configFile?: string;
  /** A command that runs it, and the address under which it is reached from here then. @defaultValue 127.0.0.1 */
  readonly inside?: readonly string[];
  readonly host?: string;
  /** Where its files go; made and removed for you unless given. */
  readonly dir?: string;
}

/** Starts a server and waits until it answers. */
export async function startRedis(options: RedisServerOptions = {}): Promise<RedisServer> {
  const dir = options.dir ?? mkdtempSync(join(tmpdir(), 'holdfast-redis-'));
  if (options.dir === undefined) guardFolder(dir);
  for (let attempt = 1; ; attempt += 1) {
    const server = new RedisServer(await freePort(), dir, options);
    try {
      await server.launch();
      return server;
    } catch (error) {
      // Another test may have taken the port since we looked.
      if (attempt === 3) throw error;
    }
  }
}

export class RedisServer {
  readonly port: number;
  readonly dir: string;
  readonly #args: readonly string[];
  readonly #configFile: readonly string[];
  readonly #ownsDir: boolean;
  readonly #inside: readonly string[];
  readonly #host: string;
  readonly #clients: Redis[] = [];
  #process: ChildProcess | undefined;

  constructor(port: number, dir: string, options: RedisServerOptions) {
    this.port = port;
    this.dir = dir;
    this.#args = options.args ?? [];
    this.#configFile = options.configFile === undefined ? [] : [options.configFile];
    this.#ownsDir = options.dir === undefined;
    this.#inside = options.inside ?? [];
    this.#host = options.host ?? '127.0.0.1';
  }

  get url(): string {
    return `redis://${this.#host}:${this.port}`;
  }

  get pid(): number {
    const pid = this.#process?.pid;
    if (pid === undefined) throw new Error('this redis-server is not running');
    return pid;
  }

  /** A connection for seeding and looking; closed by {@link stop}. */
  client(): Redis {
    const client = new Redis({
      port: this.port,
      host: this.#host,
      maxRetriesPerRequest: null,
      retryStrategy: () => 20,
    });
    client.on('error', () => undefined);
    this.#clients.push(client);
    return client;
  }

  /** @internal */
  async launch(): Promise<void> {
    const args = [
      ...this.#configFile,
      '--port',
      String(this.port),
      '--bind',
      ...(this.#inside.length === 0 ? ['127.0.0.1'] : ['0.0.0.0', '--protected-mode', 'no']),
      '--dir',
      this.dir,
      '--save',
      '',
      '--appendonly',
      'no',
    ];
    const [program = '', ...command] = [...this.#inside, 'redis-server', ...args, ...this.#args];
    const started = spawn(program, command, { stdio: ['ignore', 'pipe', 'pipe'] });
    let said = '';
    for (const stream of [started.stdout, started.stderr])
      stream.on('data', (chunk) => (said = (said + chunk).slice(-4_000)));
    const failed = new Promise<never>((_, reject) => {
      started.once('error', reject);
      started.once('exit', (code, signal) =>
        reject(new Error(`redis-server ended (${code ?? signal}):\n${said}`)),
      );
    });
    failed.catch(() => undefined);
    this.#process = started;
    if (started.pid !== undefined) guardProcess(started.pid);
    started.once('exit', () => started.pid !== undefined && forgetProcess(started.pid));
    await Promise.race([failed, eventually(() => answersPing(this.#host, this.port), { withinMs: 10_000 })]);
  }

  /** Sends a signal; waits for the end if it is one that ends a process. */
  async kill(signal: NodeJS.Signals): Promise<void> {
    const running = this.#process;
    if (running === undefined || running.exitCode !== null || running.signalCode !== null) return;
    const ended = once(running, 'exit');
    running.kill(signal);
    if (signal === 'SIGSTOP' || signal === 'SIGCONT') return;
    running.kill('SIGCONT');
    await ended;
    this.#process = undefined;
  }

  /** Kills the server and starts it again on the same port: empty, or with what it had written to disk. */
  async restart({ empty }: { readonly empty: boolean }): Promise<void> {
    await this.kill(empty ? 'SIGKILL' : 'SIGTERM');
    if (empty)
      for (const file of ['dump.rdb', 'appendonlydir'])
        rmSync(join(this.dir, file), { recursive: true, force: true });
    await this.launch();
  }

  /** Closes the clients, ends the server, removes its folder. */
  async stop(): Promise<void> {
    for (const client of this.#clients.splice(0)) client.disconnect();
    await this.kill('SIGKILL');
    if (this.#ownsDir) rmSync(this.dir, { recursive: true, force: true });
  }
}

/** Over a bare socket: a client would retry on its own and blur what happened. An error reply is an answer, too. */
async function answersPing(host: string, port: number): Promise<boolean> {
  const socket = connect(port, host);
  try {
    socket.write('PING\r\n');
    const [reply] = await once(socket, 'data', { signal: AbortSignal.timeout(1_000) });
    return String(reply).startsWith('+PONG');
  } finally {
    socket.destroy();
  }
}
