/**
 * A script host over the simulated network, with the habits of `IoredisHost`: a call is written at once or rejected at
 * once; what a broken connection leaves open is rejected as ambiguous; a script that the server forgot is sent again with
 * its source, and new calls wait behind it; each connection has a number.
 */
import {
  fromServerReply,
  StoreError,
  SystemClock,
  type PushedMessage,
  type ScriptCall,
} from '@holdfast/core';
import type { ScriptHost, ScriptReceipt } from '@holdfast/core';
import { CallOrder } from '../../libs/core/src/redis/call-order.js';
import { toBytes, toText } from '../../libs/embedded/src/bytes.js';
import { ErrorReply, type Reply } from '../../libs/embedded/src/reply.js';
import { flatReply } from '../../libs/embedded/src/script-reply.js';
import type { Link, Line } from './link.js';
import type { WireCall } from './server.js';

interface OpenCall {
  readonly reject: (error: StoreError) => void;
}

/** Nothing keeps this process alive but the simulation. */
class MachineClock extends SystemClock {
  override keepAlive(): void {
    // no timer of Node
  }
}

export class SimulatedHost implements ScriptHost {
  readonly label = 'simulated';
  readonly clock: SystemClock;
  readonly #link: Link;
  readonly #order = new CallOrder();
  readonly #listeners = new Map<string, (message: PushedMessage) => void>();
  readonly #open = new Set<OpenCall>();
  #line: Line | undefined;
  #epoch = 0;

  constructor(link: Link) {
    this.#link = link;
    this.clock = new MachineClock(link.machine);
    link.connect(this);
  }

  run(call: ScriptCall): Promise<ScriptReceipt> {
    if (!this.#order.holds) return this.#send(call, true);
    return new Promise((resolve) => this.#order.holdBack(() => resolve(this.#send(call, true))));
  }

  async subscribe(channel: string, listener: (message: PushedMessage) => void): Promise<void> {
    this.#listeners.set(channel, listener);
    this.#line?.subscribe(channel);
  }

  async close(): Promise<void> {
    this.#link.close();
    this.disconnected();
  }

  /** The channels to listen on, from before the first call of a connection on. */
  get channels(): Iterable<string> {
    return this.#listeners.keys();
  }

  connected(line: Line): void {
    this.#line = line;
    this.#epoch += 1;
  }

  disconnected(): void {
    this.#line = undefined;
    for (const { reject } of [...this.#open]) reject(lost());
  }

  /** @param inOrder whether it came in one line with the replies */
  pushed(channel: string, payload: string, inOrder: boolean): void {
    this.#listeners.get(channel)?.({ payload, epoch: inOrder ? this.#epoch : undefined });
  }

  #send(call: ScriptCall, bySha: boolean): Promise<ScriptReceipt> {
    const line = this.#line;
    if (line === undefined)
      return Promise.reject(new StoreError('disconnected', 'not connected', { ambiguous: false }));
    const number = bySha ? this.#order.next() : this.#order.again();
    const sent = { sentAt: this.clock.now(), epoch: this.#epoch };
    return this.#answer(line, onWire(call, bySha)).then(
      (reply) => {
        const unknown = reply instanceof ErrorReply && toText(reply.message).startsWith('NOSCRIPT');
        const receipt = unknown ? this.#send(call, false) : asReceipt(reply, call, sent);
        this.#order.over(number);
        return receipt;
      },
      (error: unknown) => {
        this.#order.over(number);
        throw error;
      },
    );
  }

  #answer(line: Line, call: WireCall): Promise<Reply> {
    return new Promise((resolve, reject) => {
      const open: OpenCall = {
        reject: (error) => {
          this.#open.delete(open);
          reject(error);
        },
      };
      this.#open.add(open);
      line.send(call, (reply) => {
        if (this.#open.delete(open)) resolve(reply);
      });
    });
  }
}

function onWire({ script, keys, args }: ScriptCall, bySha: boolean): WireCall {
  return {
    name: script.name,
    source: script.source,
    sha1: script.sha1,
    keys: keys.map(toBytes),
    args: args.map((arg) => toBytes(String(arg))),
    bySha,
    stray: false,
  };
}

function asReceipt(
  reply: Reply,
  { script }: ScriptCall,
  sent: { readonly sentAt: number; readonly epoch: number },
): ScriptReceipt {
  if (reply instanceof ErrorReply) throw fromServerReply(toText(reply.message), script.name);
  const flat = flatReply(reply);
  if (flat === undefined) throw new Error(`${script.name} answers no flat list`);
  return { reply: flat, ...sent };
}

function lost(): StoreError {
  return new StoreError('disconnected', 'the connection was lost', { ambiguous: true });
}
