/**
 * A TCP proxy in front of a server, for what networks do: silence (both ways or one), reset, refusal, delay, a lost
 * reply. Every fault is for the live connections and for those that come, until {@link FaultProxy.heal}.
 */
import { once } from 'node:events';
import { createServer, type Server, type Socket } from 'node:net';
import { portOf } from './free-port.js';
import { ProxiedConnection, type Direction, type DropReply, type Flow } from './proxied-connection.js';

export type { ProxiedConnection, DropReply, Direction } from './proxied-connection.js';

/** What passed through since the start or the last {@link FaultProxy.resetCounts}. */
export interface ProxyCounts {
  readonly connections: number;
  readonly bytesToServer: number;
  readonly bytesToClient: number;
  /** Requests by first word in capitals: EVALSHA, PUBLISH … */
  readonly commands: Readonly<Record<string, number>>;
}

export interface Silence {
  readonly direction?: Direction | 'both';
  /** `hold` delivers the bytes at the heal, as TCP retransmission does; `swallow` loses them. @defaultValue 'hold' */
  readonly bytes?: 'hold' | 'swallow';
}

const DIRECTIONS = ['to-server', 'to-client'] as const;

type RequestListener = (args: readonly string[], connection: ProxiedConnection) => void;
type DeliveryListener = (connection: ProxiedConnection) => void;

/** Starts a proxy to `serverPort` of 127.0.0.1. */
export async function startFaultProxy(serverPort: number): Promise<FaultProxy> {
  const proxy = new FaultProxy(serverPort);
  await proxy.listen();
  return proxy;
}

export class FaultProxy {
  readonly #serverPort: number;
  readonly #connections = new Set<ProxiedConnection>();
  readonly #flows: Record<Direction, Flow> = { 'to-server': { kind: 'pass' }, 'to-client': { kind: 'pass' } };
  readonly #commands = new Map<string, number>();
  readonly #bytes: Record<Direction, number> = { 'to-server': 0, 'to-client': 0 };
  readonly #requestListeners = new Set<RequestListener>();
  readonly #deliveryListeners = new Set<DeliveryListener>();
  #accepted = 0;
  #nextDrop: DropReply | undefined;
  #listener: Server | undefined;
  #port = 0;

  constructor(serverPort: number) {
    this.#serverPort = serverPort;
  }

  get port(): number {
    return this.#port;
  }

  get url(): string {
    return `redis://127.0.0.1:${this.#port}`;
  }

  /** The clients of this moment, oldest first. */
  get connections(): readonly ProxiedConnection[] {
    return [...this.#connections];
  }

  get counts(): ProxyCounts {
    return {
      connections: this.#accepted,
      bytesToServer: this.#bytes['to-server'],
      bytesToClient: this.#bytes['to-client'],
      commands: Object.fromEntries(this.#commands),
    };
  }

  resetCounts(): void {
    this.#accepted = 0;
    this.#commands.clear();
    for (const direction of DIRECTIONS) this.#bytes[direction] = 0;
  }

  /** Shows every request that a client sends from now on, before its reply is there. */
  onRequest(listener: RequestListener): () => void {
    this.#requestListeners.add(listener);
    return () => this.#requestListeners.delete(listener);
  }

  /** Tells whenever something of the server reaches a client. */
  onDelivery(listener: DeliveryListener): () => void {
    this.#deliveryListeners.add(listener);
    return () => this.#deliveryListeners.delete(listener);
  }

  /** Nothing arrives any more in that direction, and nobody is told: a black hole. */
  silence({ direction = 'both', bytes = 'hold' }: Silence = {}): void {
    for (const one of DIRECTIONS)
      if (direction === 'both' || direction === one) this.#setFlow(one, { kind: bytes });
  }

  /** Everything arrives later, in order. */
  delay(ms: number, direction: Direction | 'both' = 'both'): void {
    for (const one of DIRECTIONS)
      if (direction === 'both' || direction === one) this.#setFlow(one, { kind: 'delay', ms });
  }

  /** Loses the reply to the next matching request of whichever client sends it first. */
  dropNextReply(drop: DropReply = {}): void {
    this.#nextDrop = drop;
  }

  /** RST to every client. They may connect again. */
  reset(): void {
    for (const connection of this.connections) connection.reset();
  }

  /** RST to every client, and connection refused until the heal. */
  async refuse(): Promise<void> {
    const closed = this.#listener === undefined ? undefined : once(this.#listener, 'close');
    this.#listener?.close();
    this.#listener = undefined;
    this.reset();
    await closed;
  }

  /** The network works again; what was held is delivered. */
  async heal(): Promise<void> {
    this.#nextDrop = undefined;
    for (const direction of DIRECTIONS) this.#setFlow(direction, { kind: 'pass' });
    if (this.#listener === undefined) await this.listen();
  }

  async stop(): Promise<void> {
    await this.refuse();
  }

  /** @internal */
  async listen(): Promise<void> {
    const listener = createServer((client) => this.#accept(client)).listen(this.#port, '127.0.0.1');
    await once(listener, 'listening');
    this.#listener = listener;
    this.#port = portOf(listener);
  }

  #setFlow(direction: Direction, flow: Flow): void {
    this.#flows[direction] = flow;
    for (const connection of this.#connections) connection.setFlow(direction, flow);
  }

  #accept(client: Socket): void {
    this.#accepted += 1;
    const connection = new ProxiedConnection(client, this.#serverPort, {
      onRequest: (args) => this.#sawRequest(connection, args),
      onBytes: (direction, count) => (this.#bytes[direction] += count),
      onDelivery: (delivering) => {
        for (const listener of this.#deliveryListeners) listener(delivering);
      },
      onClose: (closed) => this.#connections.delete(closed),
    });
    for (const direction of DIRECTIONS) connection.setFlow(direction, this.#flows[direction]);
    this.#connections.add(connection);
  }

  #sawRequest(connection: ProxiedConnection, args: readonly string[]): void {
    const name = (args[0] ?? '').toUpperCase();
    this.#commands.set(name, (this.#commands.get(name) ?? 0) + 1);
    const drop = this.#nextDrop;
    if (drop !== undefined && (drop.command === undefined || drop.command.toUpperCase() === name)) {
      this.#nextDrop = undefined;
      connection.dropReplyNow(drop);
    }
    for (const listener of this.#requestListeners) listener(args, connection);
  }
}
