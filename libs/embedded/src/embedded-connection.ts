/**
 * One connection to the embedded server: the script host of one Holdfast instance. Calls are executed at once, in the
 * order they are made; replies and messages come later, in one line. Tests can freeze it or cut it off.
 */
import { AsyncResource } from 'node:async_hooks';
import {
  fromServerReply,
  StoreError,
  type Clock,
  type HostContext,
  type PushedMessage,
  type ScriptCall,
  type ScriptHost,
  type ScriptReceipt,
} from '@holdfast/core';
import { toBytes, toText, type Bytes } from './bytes.js';
import type { Publication, Subscriber } from './channels.js';
import type { EmbeddedServer } from './embedded-server.js';
import type { LuaVm } from './lua/lua-vm.js';
import { Outbox, type Defer } from './outbox.js';
import { ErrorReply, type Reply } from './reply.js';
import { flatReply } from './script-reply.js';

/** A call whose promise is open. */
interface OpenCall {
  readonly call: ScriptCall;
  readonly sentAt: number;
  readonly resolve: (receipt: ScriptReceipt) => void;
  readonly reject: (error: StoreError) => void;
}

/** What a connection needs to run. */
export interface ConnectionParts {
  readonly server: EmbeddedServer;
  readonly vm: LuaVm;
  readonly context: HostContext;
  readonly defer: Defer;
  readonly onClose: () => void;
}

type Listener = (message: PushedMessage) => void;

export class EmbeddedConnection implements ScriptHost, Subscriber {
  readonly label = 'embedded';
  readonly clock: Clock;
  readonly #parts: ConnectionParts;
  readonly #outbox: Outbox;
  readonly #listeners = new Map<Bytes, Listener[]>();
  /** Messages must not run in the async context of whoever published them. */
  readonly #scope = new AsyncResource('HoldfastEmbeddedConnection');
  #held: OpenCall[] = [];
  #state: 'connected' | 'disconnected' | 'closed' = 'connected';
  #frozen = false;
  #epoch = 1;

  constructor(parts: ConnectionParts) {
    this.#parts = parts;
    this.clock = parts.server.clock;
    this.#outbox = new Outbox(parts.defer);
  }

  get namespace(): string {
    return this.#parts.context.namespace;
  }

  get epoch(): number {
    return this.#epoch;
  }

  get state(): 'connected' | 'frozen' | 'disconnected' | 'closed' {
    return this.#state === 'connected' && this.#frozen ? 'frozen' : this.#state;
  }

  run(call: ScriptCall): Promise<ScriptReceipt> {
    return new Promise((resolve, reject) => {
      if (this.#state !== 'connected') {
        reject(
          new StoreError('disconnected', `the embedded connection is ${this.#state}`, { ambiguous: false }),
        );
        return;
      }
      const open: OpenCall = { call, sentAt: this.clock.now(), resolve, reject };
      if (this.#frozen) this.#held.push(open);
      else this.#execute(open);
    });
  }

  async subscribe(channel: string, listener: Listener): Promise<void> {
    if (this.#state === 'closed') return;
    const bytes = toBytes(channel);
    this.#listeners.set(bytes, [...(this.#listeners.get(bytes) ?? []), listener]);
    if (this.#state === 'connected') this.#parts.server.channels.subscribe(bytes, this);
  }

  async close(_withinMs: number): Promise<void> {
    if (this.#state === 'closed') return;
    const silent = this.#frozen || this.#state === 'disconnected';
    this.#state = 'closed';
    this.#parts.server.channels.leave(this);
    this.#parts.onClose();
    if (silent) this.#dropAll();
    await this.#outbox.drained();
  }

  push(publication: Publication): void {
    const message = { payload: toText(publication.payload), epoch: this.#epoch };
    this.#outbox.add({ deliver: () => this.#tell(publication.channel, message), drop: () => undefined });
  }

  freeze(): void {
    this.#frozen = true;
    this.#outbox.pause();
  }

  thaw(): void {
    if (!this.#frozen) return;
    this.#frozen = false;
    this.#outbox.resume();
    for (const open of this.#held.splice(0)) this.#execute(open);
  }

  disconnect(): void {
    if (this.#state !== 'connected') return;
    this.#state = 'disconnected';
    this.#parts.server.channels.leave(this);
    this.#dropAll();
    this.#parts.context.report('warn', 'the embedded connection was lost');
  }

  reconnect(): void {
    if (this.#state !== 'disconnected') return;
    this.#state = 'connected';
    this.#epoch += 1;
    for (const channel of this.#listeners.keys()) this.#parts.server.channels.subscribe(channel, this);
  }

  #execute(open: OpenCall): void {
    const { server, vm } = this.#parts;
    const { script, keys, args } = open.call;
    const run = {
      source: script.source,
      sha1: script.sha1,
      keys: keys.map(toBytes),
      args: args.map((arg) => toBytes(String(arg))),
    };
    server.transact(
      () => vm.run(run),
      (reply) => {
        this.#outbox.add({ deliver: () => this.#answer(open, reply), drop: () => open.reject(lost()) });
      },
    );
  }

  #answer(open: OpenCall, reply: Reply): void {
    const { name } = open.call.script;
    if (reply instanceof ErrorReply) {
      open.reject(fromServerReply(toText(reply.message), name));
      return;
    }
    const flat = flatReply(reply);
    if (flat === undefined)
      open.reject(fromServerReply('ERR a reply that is no flat list of numbers and texts', name));
    else open.resolve({ reply: flat, sentAt: open.sentAt, epoch: this.#epoch });
  }

  #tell(channel: Bytes, message: PushedMessage): void {
    if (this.#state !== 'connected') return;
    for (const listener of this.#listeners.get(channel) ?? []) {
      try {
        this.#scope.runInAsyncScope(listener, undefined, message);
      } catch (error) {
        this.#parts.context.report('error', `a listener failed on a message: ${String(error)}`);
      }
    }
  }

  #dropAll(): void {
    this.#outbox.drop();
    for (const open of this.#held.splice(0)) open.reject(lost());
  }
}

/** Rejects what was under way: whether it was executed is anybody's guess, as after a broken socket. */
function lost(): StoreError {
  return new StoreError('disconnected', 'the embedded connection was lost before the reply', {
    ambiguous: true,
  });
}
