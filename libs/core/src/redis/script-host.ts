/**
 * The port between the library and whatever executes its scripts: ioredis on a Redis, or the embedded Lua VM.
 * A host runs scripts in the order of the calls, delivers published messages, and says when it was disconnected.
 */
import type { StoreError } from '../lease/store-error.js';
import type { Clock } from '../time/clock.js';

/** Something about the server: `unsafe` breaks a promise of this library, `note` weakens one. */
export interface ServerFinding {
  readonly severity: 'unsafe' | 'note';
  readonly text: string;
}

/** What a script may answer: a flat list of integers and strings. */
export type ScriptReply = readonly (number | string)[];

/**
 * A script with its keys and arguments spelled out. They are read each time the call is sent: a second time to a server
 * that did not know the script, by when an acquire that was given up is spelled as what it leaves behind, nothing.
 */
export interface ScriptCall {
  readonly script: { readonly name: string; readonly sha1: string; readonly source: string };
  readonly keys: readonly string[];
  readonly args: readonly (string | number)[];
  /** Whether it may change places with calls made before and after it, other than of its own kind. */
  readonly inAnyOrder?: true;
  /** Whether something that it answers counts only when enough replicas have what it wrote, where replicas are asked. */
  readonly forReplicas?: boolean;
  /** The same, spelled for the wire, by a call that can do it faster than argument by argument. */
  spell?(): SpelledCall;
}

/** The keys of a call and behind them its arguments, as bulk strings of RESP. */
export interface SpelledCall {
  readonly keyCount: number;
  readonly argCount: number;
  readonly bulks: string;
}

/** A reply, with what a deadline may be counted from. */
export interface ScriptReceipt {
  readonly reply: ScriptReply;
  /** `clock.now()` just before the bytes of the attempt that was answered were written. */
  readonly sentAt: number;
  /** Number of the connection that carried it; raised at each reconnect. */
  readonly epoch: number;
  /**
   * There where replicas are asked, of a call that wants it: resolves when that is decided, to why what was written may
   * be forgotten, or to nothing when enough replicas have it. Never rejects.
   */
  readonly unreplicated?: Promise<StoreError | undefined>;
}

/** A message published on a channel that this host subscribed to. */
export interface PushedMessage {
  readonly payload: string;
  /** Number of the connection it came on, or `undefined` if that is not the connection that carries the calls. */
  readonly epoch: number | undefined;
}

/**
 * Whether grants count: `acknowledged`: enough replicas have what was written last; `too-few`: they do not, so nothing is
 * granted; `not-asked`: the server does not let them be asked, so grants count without them.
 */
export type ReplicationState = 'acknowledged' | 'too-few' | 'not-asked';

/** Where grants and renewals count only when enough replicas have them. */
export interface Replication {
  /** Asks the replicas. Takes as long as they may for a grant; never rejects. */
  state(): Promise<ReplicationState>;
}

/** Executes scripts. Implementations: `IoredisHost` in core, `EmbeddedHost` in `@holdfast/embedded`. */
export interface ScriptHost {
  /** The clock that `sentAt` is read from, and which everything built on this host must use. */
  readonly clock: Clock;
  /** For messages and events, without credentials: `redis://localhost:6379/0`, `embedded`. */
  readonly label: string;
  /** What the user's connection puts in front of every key; becomes part of the namespace. */
  readonly keyPrefix?: string;
  /** Whether keys of different names may be on different servers: a call may then have those of one name only. */
  readonly oneNameACall?: true;
  /** What is wrong with the connection, `undefined` while calls are let through. */
  readonly trouble?: StoreError | undefined;
  /** There where replicas are asked. */
  readonly replicas?: Replication | undefined;
  /** Resolves when calls are let through, or after `withinMs`. A host without it is up from the beginning. */
  whenUp?(withinMs: number): Promise<void>;
  /** What a person should know about the server; empty when that is nothing or can't be read. */
  findings?(): Promise<readonly ServerFinding[]>;
  /**
   * Runs a script. Calls reach the server in the order they are made here.
   * Rejects with a `StoreError` and never waits for a connection: a host that is not connected says so at once.
   * It may stay pending for as long as the server stays silent; callers bring their own timer.
   */
  run(call: ScriptCall): Promise<ScriptReceipt>;
  /** Runs `send`, which makes several calls, and writes them as one. A host without it writes them one by one. */
  together?(send: () => void): void;
  /**
   * Delivers what is published on `channel`, also after a reconnect, from before the first `run` of that connection
   * on. A server that forbids it leaves the channel silent: pushes are a short cut, nothing may depend on them.
   */
  subscribe(channel: string, listener: (message: PushedMessage) => void): Promise<void>;
  /** Lets go of the connection within `withinMs`; calls still pending are rejected. Never rejects itself. */
  close(withinMs: number): Promise<void>;
}

/** What a host needs from the instance that opens it. */
export interface HostContext {
  /** For the connection's name in `CLIENT LIST`. */
  readonly namespace: string;
  /** Told about trouble that no call reports, such as a lost connection. The message holds no secret. */
  readonly report: (level: 'warn' | 'error', message: string) => void;
  /** Scripts of the user's, to be there with ours before the first call of each connection. @defaultValue none */
  readonly scripts?: readonly { readonly source: string }[];
}

/**
 * Makes a host; what the `connection` option takes when it isn't about ioredis. `embedded()` returns one.
 * Recognised by shape, so that two copies of a package cannot disagree about a class.
 */
export interface HostProvider {
  readonly holdfastHost: 1;
  open(context: HostContext): Promise<ScriptHost>;
}
