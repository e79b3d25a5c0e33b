/** What a server was asked to do, by MONITOR: commands from the wire, and apart from them what scripts called. */
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { createInterface, type Interface } from 'node:readline';
import { Redis } from 'ioredis';
import { eventually } from './eventually.js';

export interface LoggedCommand {
  /** First word, in capitals. */
  readonly name: string;
  readonly args: readonly string[];
  /** Address of the client; `lua` for a call made by a script. */
  readonly source: string;
  /** Server time in ms. */
  readonly at: number;
}

/** `+1795994396.790911 [0 127.0.0.1:51818] "get" "key"`. */
const LINE = /^\+(\d+\.\d+) \[\d+ ([^\]]+)\] "(.*)"$/;

/** On a socket of its own: ioredis takes a line that comes in one piece with the answer to MONITOR for a reply too many. */
export class CommandLog {
  readonly #asking: Redis;
  readonly #monitor: Socket;
  readonly #seen: LoggedCommand[] = [];

  private constructor(asking: Redis, monitor: Socket, lines: Interface) {
    this.#asking = asking;
    this.#monitor = monitor;
    lines.on('line', (line) => this.#add(line));
    // The server that it listens to may be killed; what was said until then stays.
    monitor.on('error', () => undefined);
  }

  static async start(url: string): Promise<CommandLog> {
    const asking = new Redis(url);
    // Its greeting is none of what is to be heard.
    await asking.ping();
    const { hostname, port } = new URL(url);
    const monitor = connect(Number(port), hostname);
    await once(monitor, 'connect');
    const lines = createInterface({ input: monitor });
    const log = new CommandLog(asking, monitor, lines);
    monitor.write('MONITOR\r\n');
    await once(lines, 'line');
    return log;
  }

  /** Commands from the wire since the start or the last {@link clear}. Waits until everything sent before is in. */
  async wireCommands(): Promise<readonly LoggedCommand[]> {
    return (await this.#all()).filter((command) => command.source !== 'lua');
  }

  /** What scripts called. */
  async scriptCalls(): Promise<readonly LoggedCommand[]> {
    return (await this.#all()).filter((command) => command.source === 'lua');
  }

  async clear(): Promise<void> {
    await this.#all();
    this.#seen.length = 0;
  }

  async stop(): Promise<void> {
    this.#monitor.destroy();
    this.#asking.disconnect();
  }

  #add(line: string): void {
    const [, time, source = '', said = ''] = LINE.exec(line) ?? [];
    if (time === undefined) return;
    const [name = '', ...args] = said.split('" "').map((word) => word.replaceAll('\\"', '"'));
    this.#seen.push({ name: name.toUpperCase(), args, source, at: Number(time) * 1_000 });
  }

  /** A marker of our own tells that the monitor has caught up. */
  async #all(): Promise<readonly LoggedCommand[]> {
    const marker = randomUUID();
    await this.#asking.echo(marker);
    const isMarker = (command: LoggedCommand): boolean =>
      command.name === 'ECHO' && command.args[0] === marker;
    await eventually(() => this.#seen.some(isMarker));
    this.#seen.splice(this.#seen.findIndex(isMarker), 1);
    return [...this.#seen];
  }
}
