/** What several connections share: keys, channels, time, and the VM that executes scripts on them. */
import { randomBytes } from 'node:crypto';
import type { Clock } from '@holdfast/core';
import type { Bytes } from './bytes.js';
import { Channels, type Publication } from './channels.js';
import { execute } from './commands/execute.js';
import { Keyspace } from './keyspace/keyspace.js';
import { LuaVm } from './lua/lua-vm.js';
import type { Reply } from './reply.js';
import { ServerTime } from './server-time.js';

export class EmbeddedServer {
  readonly clock: Clock;
  readonly keyspace = new Keyspace();
  readonly channels = new Channels();
  readonly #time: ServerTime;
  #runId = newRunId();
  #timeUs = 0;
  #published: Publication[] = [];
  #vm: Promise<LuaVm> | undefined;

  constructor(clock: Clock) {
    this.clock = clock;
    this.#time = new ServerTime(clock);
  }

  /** The VM, started by the first who asks. Garbage collection ends it together with this server. */
  vm(): Promise<LuaVm> {
    this.#vm ??= LuaVm.create((words) => this.execute(words));
    return this.#vm;
  }

  /** Executes one command; only inside {@link transact}. */
  execute(words: readonly Bytes[]): Reply {
    return execute(words, {
      keyspace: this.keyspace,
      timeUs: this.#timeUs,
      runId: this.#runId,
      publish: (channel, payload) => {
        this.#published.push({ channel, payload });
        return this.channels.count(channel);
      },
    });
  }

  /**
   * Does `work` at one instant. What it publishes goes out behind its `answer`, so that a connection which wakes
   * itself reads its own reply first.
   */
  transact(work: () => Reply, answer: (reply: Reply) => void): void {
    this.observe();
    this.#timeUs = this.#time.nextUs();
    this.#published = [];
    answer(work());
    for (const publication of this.#published) this.channels.deliver(publication);
  }

  /** Another start of the server, with the data that it had. */
  restart(): void {
    this.#runId = newRunId();
  }

  /** Brings the keyspace to the present, for those who only look. */
  observe(): void {
    this.keyspace.moveTo(this.clock.now());
  }
}

/** As Redis makes them. */
function newRunId(): string {
  return randomBytes(20).toString('hex');
}
