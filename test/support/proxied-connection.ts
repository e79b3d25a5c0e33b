/** One client of a {@link file://./fault-proxy.ts fault proxy}: two sockets, and what happens to the bytes between them. */
import { connect, type Socket } from 'node:net';
import { RespRequests } from './resp-requests.js';

export type Direction = 'to-server' | 'to-client';

/** What the network does to a direction: `hold` delivers at the heal, as TCP does; `swallow` never does. */
export type Flow =
  | { readonly kind: 'pass' }
  | { readonly kind: 'hold' }
  | { readonly kind: 'swallow' }
  | { readonly kind: 'delay'; readonly ms: number };

/** Reply to lose: to the next request, or to the next one whose first word is `command`. */
export interface DropReply {
  readonly command?: string;
  /** Also cut the connection right after, which is when a client starts to guess. */
  readonly thenCut?: boolean;
}

export interface ProxyObserver {
  onRequest(args: readonly string[]): void;
  onBytes(direction: Direction, count: number): void;
  /** Something reached the client. */
  onDelivery(connection: ProxiedConnection): void;
  onClose(connection: ProxiedConnection): void;
}

class Pipe {
  #flow: Flow = { kind: 'pass' };
  readonly #held: Buffer[] = [];
  readonly #late: Buffer[] = [];
  readonly #target: Socket;
  readonly #delivered: () => void;

  constructor(target: Socket, delivered: () => void = () => undefined) {
    this.#target = target;
    this.#delivered = delivered;
  }

  send(chunk: Buffer): void {
    if (this.#flow.kind === 'swallow') return;
    if (this.#flow.kind === 'hold') this.#held.push(chunk);
    else if (this.#flow.kind === 'delay' || this.#late.length > 0)
      this.#sendLater(chunk, this.#flow.kind === 'delay' ? this.#flow.ms : 0);
    else this.#write(chunk);
  }

  setFlow(flow: Flow): void {
    this.#flow = flow;
    if (flow.kind === 'hold') return;
    for (const chunk of this.#held.splice(0)) this.send(chunk);
  }

  /** Whichever timer fires first sends the oldest chunk, so that nothing is overtaken. */
  #sendLater(chunk: Buffer, ms: number): void {
    this.#late.push(chunk);
    setTimeout(() => {
      const oldest = this.#late.shift();
      if (oldest !== undefined) this.#write(oldest);
    }, ms);
  }

  #write(chunk: Buffer): void {
    // It was cut while this was on its way.
    if (this.#target.destroyed) return;
    this.#target.write(chunk);
    this.#delivered();
  }
}

export class ProxiedConnection {
  /** Every request of this client so far, by its first word in capitals. */
  readonly requests = new Map<string, number>();
  /** First word of the latest of them. */
  lastRequest = '';
  readonly #client: Socket;
  readonly #server: Socket;
  readonly #pipes: Readonly<Record<Direction, Pipe>>;
  readonly #observer: ProxyObserver;
  #drop: DropReply | undefined;
  #dropArmed = false;

  constructor(client: Socket, serverPort: number, observer: ProxyObserver) {
    this.#client = client;
    this.#server = connect(serverPort, '127.0.0.1');
    this.#observer = observer;
    const toClient = new Pipe(client, () => observer.onDelivery(this));
    this.#pipes = { 'to-server': new Pipe(this.#server), 'to-client': toClient };
    const parser = new RespRequests((args) => this.#sawRequest(args));
    client.on('data', (chunk) => {
      observer.onBytes('to-server', chunk.length);
      parser.push(chunk);
      this.#pipes['to-server'].send(chunk);
    });
    this.#server.on('data', (chunk) => this.#sawReply(chunk));
    for (const socket of [client, this.#server]) {
      socket.setNoDelay(true);
      socket.on('error', () => undefined);
      socket.on('close', () => this.#close());
    }
  }

  /** Whether this client subscribed to something: the connection that pushes come on. */
  get isSubscriber(): boolean {
    return this.requests.has('SUBSCRIBE') || this.requests.has('SSUBSCRIBE');
  }

  setFlow(direction: Direction, flow: Flow): void {
    this.#pipes[direction].setFlow(flow);
  }

  /** Swallows what the server sends next behind a request that matches. */
  dropReply(drop: DropReply): void {
    this.#drop = drop;
    this.#dropArmed = false;
  }

  /** Swallows what the server sends next: the request whose reply it is has just been seen. */
  dropReplyNow(drop: DropReply): void {
    this.#drop = drop;
    this.#dropArmed = true;
  }

  /** Ends the connection as a crashed peer does (RST). */
  reset(): void {
    this.#client.resetAndDestroy();
    this.#server.destroy();
  }

  /** Ends the connection in good order (FIN). */
  cut(): void {
    this.#client.destroy();
  }

  #sawRequest(args: readonly string[]): void {
    const name = (args[0] ?? '').toUpperCase();
    this.lastRequest = name;
    this.requests.set(name, (this.requests.get(name) ?? 0) + 1);
    if (
      this.#drop !== undefined &&
      (this.#drop.command === undefined || this.#drop.command.toUpperCase() === name)
    )
      this.#dropArmed = true;
    this.#observer.onRequest(args);
  }

  #sawReply(chunk: Buffer): void {
    this.#observer.onBytes('to-client', chunk.length);
    if (this.#drop === undefined || !this.#dropArmed) {
      this.#pipes['to-client'].send(chunk);
      return;
    }
    const { thenCut = false } = this.#drop;
    this.#drop = undefined;
    if (thenCut) this.cut();
  }

  #close(): void {
    this.#client.destroy();
    this.#server.destroy();
    this.#observer.onClose(this);
  }
}
