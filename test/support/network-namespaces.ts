/**
 * Two network namespaces with real links between them, so that what is lost on the way is sent again by TCP itself. They
 * live as long as a process in each of them: when that is gone, the kernel removes them with their links. Needs root.
 */
import { execFile, execFileSync, spawn } from 'node:child_process';
import { existsSync, readlinkSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { promisify } from 'node:util';
import { eventually } from './eventually.js';
import { forgetProcess, guardProcess } from './orphan-guard.js';

const PROGRAMS = ['ip', 'nft', 'unshare', 'nsenter'];
const execute = promisify(execFile);
let made = 0;

/** Why there can be none here. */
export function noNamespacesBecause(): string | undefined {
  if (process.getuid?.() !== 0) return 'needs root, for network namespaces';
  const folders = [...(process.env['PATH'] ?? '').split(delimiter), '/usr/sbin', '/sbin'];
  const missing = PROGRAMS.filter((name) => !folders.some((folder) => existsSync(join(folder, name))));
  if (missing.length > 0) return `needs ${missing.join(', ')}`;
  try {
    execFileSync('unshare', ['-n', 'true'], { stdio: 'ignore' });
    return undefined;
  } catch {
    return 'may not make network namespaces';
  }
}

class Namespace {
  /** In front of a command that is to run in it. */
  readonly inside: readonly string[];
  readonly pid: number;
  readonly #end: () => void;

  private constructor(pid: number, end: () => void) {
    this.pid = pid;
    this.inside = ['nsenter', '-t', String(pid), '-n'];
    this.#end = end;
  }

  static async start(): Promise<Namespace> {
    const keeper = spawn('unshare', ['-n', 'sleep', 'infinity'], { stdio: 'ignore' });
    const { pid } = keeper;
    if (pid === undefined) throw new Error('unshare could not be started');
    guardProcess(pid);
    const ours = readlinkSync('/proc/self/ns/net');
    await eventually(() => readlinkSync(`/proc/${pid}/ns/net`) !== ours);
    const namespace = new Namespace(pid, () => {
      keeper.kill('SIGKILL');
      forgetProcess(pid);
    });
    await namespace.run('ip', 'link', 'set', 'lo', 'up');
    return namespace;
  }

  async run(...command: readonly string[]): Promise<void> {
    const [program = '', ...args] = [...this.inside, ...command];
    await execute(program, args);
  }

  end(): void {
    this.#end();
  }
}

/** What can be lost: both ways, or only what comes back; everything, or so many packets of a hundred. */
export interface PacketLoss {
  readonly port: number;
  readonly direction?: 'both' | 'to-client';
  readonly percent?: number;
}

/** A server side and a client side, each reachable from here, and two links between them. */
export class TwoNamespaces {
  readonly #server: Namespace;
  readonly #client: Namespace;
  readonly #network: string;

  private constructor(server: Namespace, client: Namespace, network: string) {
    this.#server = server;
    this.#client = client;
    this.#network = network;
  }

  static async start(): Promise<TwoNamespaces> {
    const [server, client] = await Promise.all([Namespace.start(), Namespace.start()]);
    // Nobody else's: from a block that is for tests of networks.
    made += 1;
    const number = (process.pid + made) % 250;
    const both = new TwoNamespaces(server, client, `198.18.${number}`);
    await both.#link('flaky', { to: client, at: 0 });
    await both.#link('sound', { to: client, at: 64 });
    await both.#link(`hf${process.pid}-${made}`, { to: undefined, at: 128 });
    await client.run('nft', 'add', 'table', 'inet', 'loss');
    for (const hook of ['input', 'output'])
      await client.run(
        'nft',
        'add',
        'chain',
        'inet',
        'loss',
        hook,
        `{ type filter hook ${hook} priority 0; }`,
      );
    return both;
  }

  get insideServer(): readonly string[] {
    return this.#server.inside;
  }

  get insideClient(): readonly string[] {
    return this.#client.inside;
  }

  /** Of the server: for the client over the link that faults are on, over the other one, and for this process. */
  get addresses(): { readonly flaky: string; readonly sound: string; readonly here: string } {
    return { flaky: `${this.#network}.1`, sound: `${this.#network}.65`, here: `${this.#network}.129` };
  }

  async lose({ port, direction = 'both', percent = 100 }: PacketLoss): Promise<void> {
    const share = percent === 100 ? [] : ['numgen', 'random', 'mod', '100', '<', String(percent)];
    const rule = (chain: string, side: string) =>
      this.#client.run(
        'nft',
        'add',
        'rule',
        'inet',
        'loss',
        chain,
        'tcp',
        side,
        String(port),
        ...share,
        'drop',
      );
    await rule('input', 'sport');
    if (direction === 'both') await rule('output', 'dport');
  }

  async heal(): Promise<void> {
    await this.#client.run('nft', 'flush', 'table', 'inet', 'loss');
  }

  async setLink(state: 'up' | 'down'): Promise<void> {
    await this.#client.run('ip', 'link', 'set', 'flaky', state);
  }

  end(): void {
    this.#client.end();
    this.#server.end();
  }

  /** From `name` over there, or here, to the server; addresses from `at` on. */
  async #link(name: string, { to, at }: { to: Namespace | undefined; at: number }): Promise<void> {
    const far = `to-${at}`;
    const run = to === undefined ? runHere : (...command: string[]) => to.run(...command);
    const into = ['netns', String(this.#server.pid)];
    await run('ip', 'link', 'add', name, 'type', 'veth', 'peer', 'name', far, ...into);
    await run('ip', 'addr', 'add', `${this.#network}.${at + 2}/26`, 'dev', name);
    await run('ip', 'link', 'set', name, 'up');
    await this.#server.run('ip', 'addr', 'add', `${this.#network}.${at + 1}/26`, 'dev', far);
    await this.#server.run('ip', 'link', 'set', far, 'up');
  }
}

async function runHere(program: string, ...args: readonly string[]): Promise<void> {
  await execute(program, args);
}
