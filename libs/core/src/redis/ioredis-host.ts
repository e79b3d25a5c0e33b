/**
 * Runs scripts on one Redis through ioredis.
 *
 * A call is written at once on the one connection or rejected at once: nothing is queued while offline and nothing is
 * re-sent, so what reaches the server is what the engine meant, in the order in which it meant it. After each connect
 * the channels are subscribed and the scripts loaded before the first call is let through. Where the connection
 * speaks RESP3 pushes come in order with the replies; else over a second connection, as mere wake-ups.
 */
import type { Redis } from 'ioredis';
import { StoreError } from '../lease/store-error.js';
import { systemClock, type Clock } from '../time/clock.js';
import { CallOrder } from './call-order.js';
import { endOf, openClient, openPushClient, selectDatabase, type RedisConnection } from './connection.js';
import { asCallError, asReply, asTrouble, isUnknownScript, notConnected } from './ioredis-outcomes.js';
import { findUnsafe } from './preflight.js';
import { PushLine } from './push-line.js';
import type {
  HostContext,
  PushedMessage,
  ScriptCall,
  ScriptHost,
  ScriptReceipt,
  ServerFinding,
} from './script-host.js';
import { writeScript } from './script-command.js';
import { allScripts } from './scripts.generated.js';
import { SilenceWatch } from './silence-watch.js';

/** One Redis, on connections of its own. */
export class IoredisHost implements ScriptHost {
  readonly clock: Clock = systemClock;
  readonly label: string;
  readonly keyPrefix: string;
  readonly #client: Redis;
  readonly #pushes: PushLine;
  readonly #report: HostContext['report'];
  readonly #waitingForUp = new Set<() => void>();
  readonly #order = new CallOrder();
  readonly #silence: SilenceWatch;
  #epoch = 0;
  #up = false;
  #closed = false;
  #trouble: StoreError | undefined;
  /** What the server said that makes us look for another one. */
  #turnedAway: StoreError | undefined;

  constructor(connection: RedisConnection, context: HostContext) {
    const name = `holdfast:${context.namespace}`;
    const { client, keyPrefix, label } = openClient(connection, name);
    this.#client = client;
    this.keyPrefix = keyPrefix;
    this.label = label;
    this.#report = context.report;
    this.#silence = new SilenceWatch(client, this.clock, this.#order);
    this.#pushes = new PushLine(
      client,
      () => openPushClient(client, `${name}:push`),
      () => this.#epoch,
    );
    client.on('error', (error: Error) => this.#wentWrong(error));
    client.on('close', () => this.#wentDown());
    client.on('ready', () => void this.#prepare());
    // It goes on trying by itself; each failure is told by the 'error' event.
    client.connect().catch(() => undefined);
  }

  /** Resolves when calls are let through, or after `withinMs`. */
  whenUp(withinMs: number): Promise<void> {
    if (this.#up || this.#closed) return Promise.resolve();
    return new Promise((resolve) => {
      const done = (): void => {
        cancel();
        this.#waitingForUp.delete(done);
        resolve();
      };
      const cancel = this.clock.setTimer(withinMs, done, 'ref');
      this.#waitingForUp.add(done);
    });
  }

  run(call: ScriptCall): Promise<ScriptReceipt> {
    if (!this.#order.holds) return this.#send(call);
    return new Promise((resolve) => this.#order.holdBack(() => resolve(this.#send(call))));
  }

  /** Corks the stream; where that cannot be reached, one write a call. */
  together(send: () => void): void {
    const { stream } = this.#client;
    stream?.cork();
    send();
    stream?.uncork();
  }

  subscribe(channel: string, listener: (message: PushedMessage) => void): Promise<void> {
    return this.#pushes.subscribe(channel, listener, this.#up);
  }

  /** What is unsafe about the server, read from INFO. Empty when nothing is, or when it may not be read. */
  async findings(): Promise<readonly ServerFinding[]> {
    if (!this.#up) return [];
    return this.#client.info().then(findUnsafe, () => []);
  }

  /** The last trouble with the connection, if there is no connection. */
  get trouble(): StoreError | undefined {
    return this.#up ? undefined : this.#whyDown;
  }

  async close(withinMs: number): Promise<void> {
    this.#closed = true;
    for (const done of this.#waitingForUp) done();
    await Promise.all([endOf(this.#client, this.clock, withinMs), this.#pushes.close(this.clock, withinMs)]);
  }

  #send(call: ScriptCall): Promise<ScriptReceipt> {
    if (!this.#up) return Promise.reject(this.#whyDown);
    const { name } = call.script;
    const number = this.#order.next();
    const sent = this.#now();
    this.#silence.asked();
    return writeScript(this.#client, 'evalsha', call).then(
      (reply): ScriptReceipt => {
        this.#order.over(number);
        return { reply: asReply(reply, name), ...sent };
      },
      (error: unknown) => {
        const again = isUnknownScript(error) ? this.#sendSource(call) : this.#rejected(error, name);
        this.#order.over(number);
        return again;
      },
    );
  }

  /** The server forgot its scripts (flush, restart, failover). What was not written yet goes behind what was. */
  #sendSource(call: ScriptCall): Promise<ScriptReceipt> {
    const number = this.#order.again();
    const { name } = call.script;
    const sent = this.#now();
    return writeScript(this.#client, 'eval', call)
      .finally(() => this.#order.over(number))
      .then(
        (reply): ScriptReceipt => ({ reply: asReply(reply, name), ...sent }),
        (error: unknown) => this.#rejected(error, name),
      );
  }

  #now(): { readonly sentAt: number; readonly epoch: number } {
    return { sentAt: this.clock.now(), epoch: this.#epoch };
  }

  async #prepare(): Promise<void> {
    const epoch = ++this.#epoch;
    for (const { source } of allScripts) this.#client.script('LOAD', source).catch(() => undefined);
    const [refused] = await Promise.all([selectDatabase(this.#client), this.#pushes.open()]);
    if (epoch !== this.#epoch || this.#closed || this.#client.status !== 'ready') return;
    this.#silence.greeted();
    if (refused !== undefined) {
      this.#note(refused);
      return;
    }
    this.#up = true;
    if (this.#trouble !== undefined) this.#report('warn', `Connected to ${this.label} again`);
    this.#trouble = undefined;
    this.#turnedAway = undefined;
    for (const done of this.#waitingForUp) done();
  }

  #wentDown(): void {
    this.#up = false;
  }

  get #whyDown(): StoreError {
    return this.#trouble ?? this.#turnedAway ?? notConnected();
  }

  #rejected(error: unknown, scriptName: string): Promise<never> {
    const told = asCallError(error, scriptName);
    if (told.condition === 'readonly') {
      // The connection is being replaced, see `reconnectOnError`; until then this is the trouble.
      this.#turnedAway = told;
      this.#up = false;
    }
    return Promise.reject(told);
  }

  /** Tells each change of state once: a server that is away for an hour is one line, not one a second. */
  #wentWrong(error: Error): void {
    this.#note(asTrouble(error));
  }

  #note(trouble: StoreError): void {
    const news = this.#trouble?.condition !== trouble.condition;
    this.#trouble = trouble;
    if (news && !this.#closed) this.#report('warn', `No connection to ${this.label}: ${trouble.message}`);
  }
}
