/**
 * The server: the scripts themselves, on the keyspace of the embedded host. Like Redis it forgets scripts, restarts empty,
 * is replaced by a replica that lags behind, and has a wall clock which somebody may set, and by which keys expire.
 */
import { toBytes } from '../../libs/embedded/src/bytes.js';
import { Channels, type Publication } from '../../libs/embedded/src/channels.js';
import { execute } from '../../libs/embedded/src/commands/execute.js';
import { Keyspace } from '../../libs/embedded/src/keyspace/keyspace.js';
import type { ScriptRun } from '../../libs/embedded/src/lua/lua-vm.js';
import { ErrorReply, type Reply } from '../../libs/embedded/src/reply.js';
import type { Bytes } from '../../libs/embedded/src/bytes.js';
import { copyOf } from './keyspace-copy.js';
import { WALL_START } from './machine.js';
import type { ScriptVm } from './script-vm.js';
import type { VirtualTime } from './virtual-time.js';

/** A call as it lies on the wire. */
export interface WireCall extends ScriptRun {
  readonly name: string;
  /** EVALSHA: the server may not know it. */
  readonly bySha: boolean;
  /** Bytes that were given up for lost: of an old connection, or a repetition. */
  readonly stray: boolean;
}

/** Looks at the keyspace before and after each call; see `server-watch.ts`. */
export interface CallWatch {
  before(call: WireCall): void;
  after(call: WireCall): void;
  forgetReleases(): void;
}

/** As in the embedded host: a call takes as many microseconds as a block has fences. */
const CALL_US = 16;
const NO_SCRIPT = new ErrorReply(toBytes('NOSCRIPT No matching script. Please use EVAL.'));

export class SimulatedServer {
  readonly channels = new Channels();
  readonly #time: VirtualTime;
  readonly #vm: ScriptVm;
  readonly #scripts = new Set<string>();
  keyspace = new Keyspace();
  watch: CallWatch | undefined;
  up = true;
  #run = 1;
  #offsetMs = 0;
  #timeUs = 0;
  #replica: Keyspace | undefined;
  #published: Publication[] = [];

  constructor(time: VirtualTime, vm: ScriptVm) {
    this.#time = time;
    this.#vm = vm;
  }

  get wallMs(): number {
    return WALL_START + this.#time.now + this.#offsetMs;
  }

  /** Executes a call at one instant; what it publishes goes out behind its answer. */
  run(call: WireCall, answer: (reply: Reply) => void): void {
    if (call.bySha && !this.#scripts.has(call.sha1)) return answer(NO_SCRIPT);
    this.#scripts.add(call.sha1);
    this.observe();
    this.#timeUs = Math.max(Math.floor(this.wallMs * 1_000), this.#timeUs + CALL_US);
    this.#published = [];
    this.watch?.before(call);
    const reply = this.#vm.run(call, this);
    this.watch?.after(call);
    answer(reply);
    for (const publication of this.#published) this.channels.deliver(publication);
  }

  execute(words: readonly Bytes[]): Reply {
    return execute(words, {
      keyspace: this.keyspace,
      timeUs: this.#timeUs,
      runId: String(this.#run).padStart(40, '0'),
      publish: (channel, payload) => {
        this.#published.push({ channel, payload });
        return this.channels.count(channel);
      },
    });
  }

  /** Brings the keyspace to the present. */
  observe(): void {
    this.keyspace.moveTo(this.wallMs);
  }

  forgetScripts(): void {
    this.#scripts.clear();
  }

  setClock(byMs: number): void {
    this.#offsetMs += byMs;
    if (byMs < 0) this.#timeUs += byMs * 1_000;
  }

  loseEverything(): void {
    this.#run += 1;
    this.keyspace = new Keyspace();
    this.forgetScripts();
  }

  /** From here on the replica hears of nothing. */
  replicate(): void {
    this.observe();
    this.#replica = copyOf(this.keyspace, this.wallMs);
  }

  /** The replica takes over, with a clock of its own. */
  failOver(clockMs: number): void {
    this.#run += 1;
    this.keyspace = this.#replica ?? new Keyspace();
    this.#replica = undefined;
    this.watch?.forgetReleases();
    this.forgetScripts();
    this.setClock(clockMs);
  }
}
