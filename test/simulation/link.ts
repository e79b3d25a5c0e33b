/**
 * How one process reaches the server: connects, notices what broke, connects again. Pushes come on the connection that
 * carries the calls (RESP3), or on one of their own (RESP2), which knows nothing of the order of replies.
 */
import { toBytes, toText } from '../../libs/embedded/src/bytes.js';
import type { Subscriber } from '../../libs/embedded/src/channels.js';
import type { Reply } from '../../libs/embedded/src/reply.js';
import { Connection, type Path } from './connection.js';
import type { SimulatedMachine } from './machine.js';
import type { Prng } from './prng.js';
import type { SimulatedServer, WireCall } from './server.js';
import type { VirtualTime } from './virtual-time.js';

/** The side of a connection that a host writes to. */
export interface Line {
  send(call: WireCall, answer: (reply: Reply) => void): void;
  subscribe(channel: string): void;
}

/** Who is connected. */
export interface Connected {
  readonly channels: Iterable<string>;
  connected(line: Line): void;
  disconnected(): void;
  pushed(channel: string, payload: string, inOrder: boolean): void;
}

/** What a link is made of. */
export interface LinkParts {
  readonly time: VirtualTime;
  readonly machine: SimulatedMachine;
  readonly server: SimulatedServer;
  readonly prng: Prng;
  /** Share of calls that reach the server a second time. */
  readonly repeats: number;
  /** Whether pushes come in one line with the replies. */
  readonly inOrder: boolean;
}

/** How latency is drawn: usual times, and now and then much more. */
export interface Latency {
  readonly usualMs: number;
  readonly slowMs: number;
  readonly slowShare: number;
}

const RECONNECT_MS = { least: 10, most: 120 } as const;
const LATE_MS = { least: 1, most: 900 } as const;
/** How long the server may take a broken connection for a live one. */
const NOTICED_MS = 400;

export class Link implements Path {
  readonly machine: SimulatedMachine;
  readonly blocked = { toServer: false, toClient: false };
  readonly #parts: LinkParts;
  readonly #latency: Latency;
  #host: Connected | undefined;
  #calls: Connection | undefined;
  #pushes: Connection | undefined;
  #subscriber: Subscriber | undefined;
  #closed = false;

  constructor(parts: LinkParts, latency: Latency) {
    this.#parts = parts;
    this.#latency = latency;
    this.machine = parts.machine;
  }

  latencyMs(): number {
    const { prng } = this.#parts;
    const { usualMs, slowMs, slowShare } = this.#latency;
    return prng.chance(slowShare) ? prng.between(usualMs, slowMs) : prng.between(0.05, usualMs);
  }

  /** The first connection is there at once. */
  connect(host: Connected): void {
    this.#host = host;
    this.#establish(host);
  }

  /** Both directions, or one. */
  block(toServer: boolean, toClient: boolean): void {
    this.blocked.toServer = toServer;
    this.blocked.toClient = toClient;
  }

  heal(): void {
    this.block(false, false);
    this.#calls?.healed();
    this.#pushes?.healed();
  }

  /** The connections break; the process hears of it when it runs, and connects again. */
  reset(): void {
    this.#break();
    this.machine.arrive(() => {
      this.#host?.disconnected();
      this.#reconnectLater();
    });
  }

  close(): void {
    this.#closed = true;
    this.#break();
  }

  #break(): void {
    const { prng, server, time } = this.#parts;
    const arriving = prng.chance(0.5) ? prng.whole(0, 8) : 0;
    const lateMs = prng.between(LATE_MS.least, LATE_MS.most);
    this.#calls?.reset({ arriving, lateMs });
    this.#pushes?.reset({ arriving: 0, lateMs: 0 });
    const subscriber = this.#subscriber;
    this.#calls = undefined;
    this.#pushes = undefined;
    this.#subscriber = undefined;
    if (subscriber !== undefined)
      time.after(prng.between(0, NOTICED_MS), () => server.channels.leave(subscriber));
  }

  #reconnectLater(): void {
    if (this.#closed || this.machine.dead) return;
    const { prng, time, server } = this.#parts;
    time.after(prng.between(RECONNECT_MS.least, RECONNECT_MS.most), () => {
      const reachable = server.up && !this.blocked.toServer && !this.blocked.toClient && this.machine.running;
      if (reachable && this.#host !== undefined && this.#calls === undefined) this.#establish(this.#host);
      else if (this.#calls === undefined) this.#reconnectLater();
    });
  }

  #establish(host: Connected): void {
    if (this.#closed || this.machine.dead) return;
    const { time, inOrder } = this.#parts;
    const calls = new Connection(time, this);
    const pushes = inOrder ? calls : new Connection(time, this);
    this.#calls = calls;
    this.#pushes = pushes;
    const subscriber: Subscriber = {
      push: ({ channel, payload }) =>
        pushes.toClient(() =>
          this.machine.arrive(() => {
            if (pushes.open) host.pushed(toText(channel), toText(payload), inOrder);
          }),
        ),
    };
    this.#subscriber = subscriber;
    const line = this.#lineOn(calls, subscriber);
    // Confirmed before the connection counts as one.
    for (const channel of host.channels) line.subscribe(channel);
    host.connected(line);
  }

  #lineOn(calls: Connection, subscriber: Subscriber): Line {
    const { server } = this.#parts;
    return {
      subscribe: (channel) => server.channels.subscribe(toBytes(channel), subscriber),
      send: (call, answer) => {
        calls.toServer(() => this.#arrived(call, calls, answer));
      },
    };
  }

  #arrived(call: WireCall, calls: Connection, answer: (reply: Reply) => void): void {
    const { server, prng, repeats, time } = this.#parts;
    if (!server.up) return;
    server.run(calls.open ? call : { ...call, stray: true }, (reply) => {
      calls.toClient(() =>
        this.machine.arrive(() => {
          if (calls.open) answer(reply);
        }),
      );
    });
    if (!prng.chance(repeats)) return;
    time.after(prng.between(LATE_MS.least, LATE_MS.most), () => {
      if (server.up) server.run({ ...call, stray: true }, () => undefined);
    });
  }
}
