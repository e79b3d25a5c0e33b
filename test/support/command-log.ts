/** What a server was asked to do, by MONITOR: commands from the wire, and apart from them what scripts called. */
import { randomUUID } from 'node:crypto';
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

export class CommandLog {
  readonly #asking: Redis;
  readonly #monitor: Redis;
  readonly #seen: LoggedCommand[] = [];

  private constructor(asking: Redis, monitor: Redis) {
    this.#asking = asking;
    this.#monitor = monitor;
    monitor.on('monitor', (time: string, args: readonly string[], source: string) => {
      const [name = '', ...rest] = args;
      this.#seen.push({ name: name.toUpperCase(), args: rest, source, at: Number(time) * 1_000 });
    });
  }

  static async start(url: string): Promise<CommandLog> {
    const asking = new Redis(url);
    return new CommandLog(asking, await asking.monitor());
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
    this.#monitor.disconnect();
    this.#asking.disconnect();
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
