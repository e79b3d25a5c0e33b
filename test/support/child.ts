/** A Node process that tests talk to in lines of JSON, and that they may kill and freeze. */
import { spawn, type ChildProcessWithoutNullStreams } from 'node:child_process';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { eventually } from './eventually.js';
import { forgetProcess, guardProcess } from './orphan-guard.js';

export interface ChildOptions {
  readonly args?: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  readonly execArgv?: readonly string[];
  /** A command that runs it, such as `['ip', 'netns', 'exec', 'far']`. */
  readonly inside?: readonly string[];
}

/** A line of the child: whatever it says, it says as an object. */
export type ChildMessage = Readonly<Record<string, unknown>>;

export interface ChildExit {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
}

const REPOSITORY = new URL('../../', import.meta.url);

/** Starts `entry`, an absolute path or one from the root of the repository, such as `apps/demo/dist/main.js`. */
export function startChild(entry: string, options: ChildOptions = {}): Child {
  const { args = [], env = {}, execArgv = [], inside = [] } = options;
  const [program = process.execPath, ...command] = [
    ...inside,
    process.execPath,
    '--unhandled-rejections=strict',
    ...execArgv,
    fileURLToPath(new URL(entry, REPOSITORY)),
    ...args,
  ];
  // NODE_OPTIONS of the test runner is not meant for the child.
  return new Child(
    spawn(program, command, { env: { ...process.env, NODE_OPTIONS: '', ...env }, stdio: 'pipe' }),
  );
}

export class Child {
  /** Everything it has said, oldest first; lines that are not JSON appear as `{ text }`. */
  readonly messages: ChildMessage[] = [];
  /** Its end, however it comes. Never rejects. */
  readonly exited: Promise<ChildExit>;
  readonly #process: ChildProcessWithoutNullStreams;
  #stderr = '';

  constructor(process: ChildProcessWithoutNullStreams) {
    this.#process = process;
    guardProcess(this.pid);
    createInterface({ input: process.stdout }).on('line', (line) => this.messages.push(parse(line)));
    process.stderr.on('data', (chunk) => (this.#stderr += chunk));
    process.stdin.on('error', () => undefined);
    this.exited = new Promise((resolve) => {
      process.once('close', (code, signal) => {
        forgetProcess(this.pid);
        resolve({ code, signal });
      });
    });
  }

  get pid(): number {
    const { pid } = this.#process;
    if (pid === undefined) throw new Error('the child could not be started');
    return pid;
  }

  get stderr(): string {
    return this.#stderr;
  }

  /** Sends one line. */
  send(message: ChildMessage): void {
    this.#process.stdin.write(`${JSON.stringify(message)}\n`);
  }

  /** The first message, said or still to come, that has these fields. Fails at once when the child ends before. */
  async message(fields: ChildMessage, withinMs = 10_000): Promise<ChildMessage> {
    const find = (): ChildMessage | undefined => this.messages.find((message) => matches(message, fields));
    const found = await eventually(() => find() ?? this.#process.exitCode !== null, { withinMs });
    if (typeof found !== 'boolean') return found;
    const late = find();
    if (late !== undefined) return late;
    throw new Error(
      `the child ended (${this.#process.exitCode}) without saying ${JSON.stringify(fields)}\n${this.#stderr}`,
    );
  }

  /** Like {@link message}, but only for what is said from now on. */
  async nextMessage(fields: ChildMessage, withinMs = 10_000): Promise<ChildMessage> {
    const from = this.messages.length;
    return eventually(() => this.messages.slice(from).find((message) => matches(message, fields)), {
      withinMs,
    });
  }

  /** Closes its stdin: nothing more will be sent. */
  endInput(): void {
    this.#process.stdin.end();
  }

  freeze(): void {
    this.#process.kill('SIGSTOP');
  }

  thaw(): void {
    this.#process.kill('SIGCONT');
  }

  /** Sends a signal and waits for the end. Wakes a frozen child first, unless it is killed for good. */
  async kill(signal: NodeJS.Signals = 'SIGKILL'): Promise<ChildExit> {
    this.#process.kill(signal);
    if (signal !== 'SIGKILL') this.#process.kill('SIGCONT');
    return this.exited;
  }
}

function parse(line: string): ChildMessage {
  try {
    const value: unknown = JSON.parse(line);
    if (typeof value === 'object' && value !== null) return { ...value };
  } catch {
    // not for us
  }
  return { text: line };
}

function matches(message: ChildMessage, fields: ChildMessage): boolean {
  return Object.entries(fields).every(([name, value]) => message[name] === value);
}
