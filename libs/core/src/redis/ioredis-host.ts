/**
 * Runs scripts on one Redis through ioredis.
 *
 * A call is written at once on the one connection or rejected at once: nothing is queued while offline and nothing is
 * re-sent, so what reaches the server is what the engine meant, in the order in which it meant it. After each connect
 * the channels are subscribed and the scripts loaded before the first call is let through. Where the connection
 * speaks RESP3 pushes come in order with the replies; else over a second connection, as mere wake-ups.
 */
import type { Redis } from 'ioredis';
import type { StoreError } from '../lease/store-error.js';
import { systemClock, type Clock } from '../time/clock.js';
import { CallOrder } from './call-order.js';
import { endOf, openClient, openPushClient, selectDatabase, type SingleConnection } from './connection.js';
import { ConnectionState } from './connection-state.js';
import { asCallError, asReply, asTrouble, isUnknownScript } from './ioredis-outcomes.js';
import { alone, type HostRole } from './host-role.js';
import { findUnsafe } from './preflight.js';
import { PushLine } from './push-line.js';
import { ReplicaWait } from './replica-wait.js';
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
import { SentinelWatch } from './sentinel-watch.js';
import { SilenceWatch } from './silence-watch.js';

/** One Redis, on connections of its own. */
export class IoredisHost implements ScriptHost {
  readonly clock: Clock = systemClock;
  readonly label: string;
  readonly keyPrefix: string;
  readonly replicas: ReplicaWait | undefined;
  readonly #client: Redis;
  readonly #pushes: PushLine;
  readonly #order = new CallOrder();
  readonly #silence: SilenceWatch;
  readonly #sentinels: SentinelWatch;
  readonly #state: ConnectionState;
  readonly #role: HostRole;
  #epoch = 0;

  constructor(connection: SingleConnection, context: HostContext, role: HostRole = alone()) {
    const name = `holdfast:${context.namespace}`;
    const { client, keyPrefix, label } = openClient(connection, name);
    this.#client = client;
    this.keyPrefix = keyPrefix;
    this.label = label;
    this.#role = role;
    this.#state = new ConnectionState(label, this.clock, { report: context.report, changed: role.changed });
    this.#silence = new SilenceWatch(client, this.clock, { calls: this.#order, overdue: role.inDoubt });
    this.#pushes = new PushLine(
      client,
      () => openPushClient(client, `${name}:push`),
      () => this.#epoch,
    );
    this.replicas =
      role.replicas &&
      new ReplicaWait(client, role.replicas, {
        order: this.#order,
        epoch: () => this.#epoch,
        report: (message) => context.report('warn', `${label}: ${message}`),
      });
    this.#sentinels = new SentinelWatch(client, `${name}:sentinel`, role.replicas);
    client.on('error', (error: Error) => this.#state.wentWrong(asTrouble(error)));
    client.on('close', () => this.#state.wentDown());
    client.on('ready', () => void this.#prepare(context.scripts ?? []));
    // It goes on trying by itself; each failure is told by the 'error' event.
    client.connect().catch(() => undefined);
  }

  async whenUp(withinMs: number): Promise<void> {
    await Promise.all([this.#state.whenUp(withinMs), this.#role.replicas?.whenKnown(withinMs)]);
  }

  run(call: ScriptCall): Promise<ScriptReceipt> {
    if (!this.#order.holds) return this.#send(call);
    return new Promise((resolve) => this.#order.holdBack(() => resolve(this.#send(call))));
  }

  /** Runs a script on the node that its slot is on the way to, which takes it only when told so and may not know it. */
  runAsking(call: ScriptCall): Promise<ScriptReceipt> {
    if (!this.#state.up) return Promise.reject(this.#state.whyDown);
    return new Promise((resolve) =>
      this.together(() => {
        // A refusal shows in the answer to the call itself.
        this.#client.call('ASKING').catch(() => undefined);
        resolve(this.#sendSource(call));
      }),
    );
  }

  /** The reply of CLUSTER SLOTS; an error when there is none. */
  slots(): Promise<unknown> {
    return this.#client
      .call('CLUSTER', 'SLOTS')
      .catch((error: unknown) => asCallError(error, 'CLUSTER SLOTS'));
  }

  /** Corks the stream; where that cannot be reached, one write a call. */
  together(send: () => void): void {
    const { stream } = this.#client;
    stream?.cork();
    send();
    stream?.uncork();
  }

  subscribe(channel: string, listener: (message: PushedMessage) => void): Promise<void> {
    return this.#pushes.subscribe(channel, listener, this.#state.up);
  }

  /** What is unsafe about the server, read from INFO. Empty when nothing is, or when it may not be read. */
  async findings(): Promise<readonly ServerFinding[]> {
    if (!this.#state.up) return [];
    return this.#client.info().then(
      (info) => findUnsafe(info, this.#role),
      () => [],
    );
  }

  /** The last trouble with the connection, if there is no connection. */
  get trouble(): StoreError | undefined {
    return this.#state.up ? undefined : this.#state.whyDown;
  }

  async close(withinMs: number): Promise<void> {
    this.#state.close();
    await Promise.all([
      endOf(this.#client, this.clock, withinMs),
      this.#pushes.close(this.clock, withinMs),
      this.#sentinels.close(this.clock, withinMs),
    ]);
  }

  #send(call: ScriptCall): Promise<ScriptReceipt> {
    if (!this.#state.up) return Promise.reject(this.#state.whyDown);
    const { name } = call.script;
    const number = this.#order.next();
    const sent = this.#writing(call);
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
    const sent = this.#writing(call);
    return writeScript(this.#client, 'eval', call)
      .finally(() => this.#order.over(number))
      .then(
        (reply): ScriptReceipt => ({ reply: asReply(reply, name), ...sent }),
        (error: unknown) => this.#rejected(error, name),
      );
  }

  /** A call is being written: what its deadline counts from. From here on somebody looks out for its answer. */
  #writing(call: ScriptCall): Omit<ScriptReceipt, 'reply'> {
    this.#silence.asked();
    const sent = { sentAt: this.clock.now(), epoch: this.#epoch };
    if (this.replicas === undefined || call.forReplicas !== true) return sent;
    return { ...sent, unreplicated: this.replicas.ask() };
  }

  async #prepare(own: NonNullable<HostContext['scripts']>): Promise<void> {
    const epoch = (this.#epoch = this.#role.nextEpoch());
    for (const one of [...allScripts, ...own]) this.#client.script('LOAD', one.source).catch(() => undefined);
    const [refused] = await Promise.all([
      selectDatabase(this.#client),
      this.#pushes.open(),
      this.replicas?.connected(),
    ]);
    if (epoch !== this.#epoch || this.#state.closed || this.#client.status !== 'ready') return;
    this.#silence.greeted();
    if (refused === undefined) this.#state.cameUp();
    else this.#state.wentWrong(refused);
  }

  #rejected(error: unknown, scriptName: string): Promise<never> {
    const told = asCallError(error, scriptName);
    // The connection is being replaced, see `reconnectOnError`.
    if (told.condition === 'readonly') this.#state.turnedAway(told);
    if (told.condition === 'cluster-down') this.#role.inDoubt();
    return Promise.reject(told);
  }
}
