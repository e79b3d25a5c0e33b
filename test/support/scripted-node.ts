/** A server, by its map a whole cluster, that answers as the test says: what a real one says only in an unlucky moment can be had at any time. */
import { once } from 'node:events';
import { createServer, type Server, type Socket } from 'node:net';
import { portOf } from './free-port.js';
import { RespRequests } from './resp-requests.js';

const HOST = '127.0.0.1';
const LAST_SLOT = 16_383;

/** What it answers to a script, in RESP: `-MOVED 1 host:port`, `*1\r\n:1`; nothing to be silent from then on. */
export type Answer = (script: { readonly asked: number }) => string | undefined;

/** What it answers to another command than a script; what it answers nothing to gets OK. */
export type Talk = (command: string) => string | undefined;

export class ScriptedNode {
  readonly #listener: Server;
  readonly #sockets = new Set<Socket>();
  readonly #answer: Answer;
  readonly #talk: Talk;
  #silent = false;
  /** Connections that it had. */
  connections = 0;
  /** How often it was asked who carries what. */
  mapReadings = 0;
  /** Scripts that it was to run. */
  scripts = 0;

  private constructor(answer: Answer, talk: Talk) {
    this.#answer = answer;
    this.#talk = talk;
    this.#listener = createServer((socket) => this.#accept(socket));
  }

  static async start(answer: Answer, talk: Talk = () => undefined): Promise<ScriptedNode> {
    const node = new ScriptedNode(answer, talk);
    node.#listener.listen(0, HOST);
    await once(node.#listener, 'listening');
    return node;
  }

  get address(): { readonly host: string; readonly port: number } {
    return { host: HOST, port: portOf(this.#listener) };
  }

  async stop(): Promise<void> {
    for (const socket of this.#sockets) socket.destroy();
    this.#listener.close();
    await once(this.#listener, 'close');
  }

  #accept(socket: Socket): void {
    this.connections += 1;
    this.#sockets.add(socket);
    const requests = new RespRequests((request) => {
      const reply = this.#silent ? undefined : this.#replyTo(request);
      if (reply === undefined) this.#silent = true;
      else socket.write(`${reply}\r\n`);
    });
    socket.on('data', (chunk: Buffer) => requests.push(chunk));
    socket.on('error', () => undefined);
    socket.on('close', () => this.#sockets.delete(socket));
  }

  #replyTo([name = '', ...args]: readonly string[]): string | undefined {
    const command = name.toUpperCase();
    switch (command) {
      case 'CLUSTER':
        this.mapReadings += 1;
        return this.#slots();
      case 'EVAL':
      case 'EVALSHA':
        this.scripts += 1;
        return this.#answer({ asked: this.scripts });
      case 'HELLO':
        return "-ERR unknown command 'HELLO'";
      default:
        return this.#talk([command, ...args].join(' ')) ?? '+OK';
    }
  }

  /** It carries everything. */
  #slots(): string {
    const { host, port } = this.address;
    return `*1\r\n*3\r\n:0\r\n:${LAST_SLOT}\r\n*2\r\n$${host.length}\r\n${host}\r\n:${port}`;
  }
}
