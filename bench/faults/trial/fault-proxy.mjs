// A TCP proxy between a user and Redis, for what networks do: silence both ways or one, reset, refusal, a lost reply.
import { once } from 'node:events';
import { connect, createServer } from 'node:net';

/** Bytes in one direction: on their way, or held back as by a network that TCP will try again. */
class Pipe {
  #target;
  #isHeld = false;
  /** @type {Buffer[]} */
  #waiting = [];

  /** @param {import('node:net').Socket} target */
  constructor(target) {
    this.#target = target;
  }

  send(chunk) {
    if (this.#isHeld) this.#waiting.push(chunk);
    else this.#target.write(chunk);
  }

  hold(isHeld) {
    this.#isHeld = isHeld;
    if (!isHeld) for (const chunk of this.#waiting.splice(0)) this.#target.write(chunk);
  }
}

class Link {
  #client;
  #server;
  #toServer;
  #toClient;
  /** Something that a request says whose reply is to be lost. @type {string | undefined} */
  #losing;
  #isSeen = false;

  /** @param {import('node:net').Socket} client @param {{ serverPort: number, onCut: () => void, onClose: () => void }} terms */
  constructor(client, { serverPort, onCut, onClose }) {
    this.#client = client;
    this.#server = connect(serverPort, '127.0.0.1');
    this.#toServer = new Pipe(this.#server);
    this.#toClient = new Pipe(client);
    client.on('data', (chunk) => {
      if (this.#losing !== undefined && chunk.includes(this.#losing)) this.#isSeen = true;
      this.#toServer.send(chunk);
    });
    this.#server.on('data', (chunk) => {
      if (!this.#isToBeLost(chunk)) return this.#toClient.send(chunk);
      this.reset();
      onCut();
    });
    for (const socket of [client, this.#server]) {
      socket.setNoDelay(true);
      socket.on('error', () => undefined);
      socket.on('close', () => {
        client.destroy();
        this.#server.destroy();
        onClose();
      });
    }
  }

  hold({ toServer, toClient }) {
    this.#toServer.hold(toServer);
    this.#toClient.hold(toClient);
  }

  lose(text) {
    this.#losing = text;
  }

  reset() {
    this.#client.resetAndDestroy();
    this.#server.destroy();
  }

  /** An error (NOSCRIPT) means that nothing was done yet; the next reply is the one. */
  #isToBeLost(chunk) {
    return this.#isSeen && chunk[0] !== '-'.charCodeAt(0);
  }
}

export class FaultProxy {
  #serverPort;
  /** @type {Set<Link>} */
  #links = new Set();
  #held = { toServer: false, toClient: false };
  /** @type {import('node:net').Server | undefined} */
  #listener;
  #whenCut = () => undefined;
  port = 0;

  constructor(serverPort) {
    this.#serverPort = serverPort;
  }

  async listen() {
    const listener = createServer((client) => this.#accept(client)).listen(this.port, '127.0.0.1');
    await once(listener, 'listening');
    this.#listener = listener;
    const address = listener.address();
    if (typeof address === 'object' && address !== null) this.port = address.port;
  }

  /** Nothing arrives any more, and nobody is told; delivered at the heal. */
  silence() {
    this.#hold({ toServer: true, toClient: true });
  }

  /** Requests arrive, replies do not; delivered at the heal. */
  silenceReplies() {
    this.#hold({ toServer: false, toClient: true });
  }

  /** RST to every client, and connection refused until the heal. */
  refuse() {
    this.#listener?.close();
    this.#listener = undefined;
    for (const link of this.#links) link.reset();
  }

  /** Resolves when the reply to a request that says `text` was lost, and the connection with it. */
  loseReplyTo(text) {
    for (const link of this.#links) link.lose(text);
    return new Promise((resolve) => (this.#whenCut = resolve));
  }

  async heal() {
    this.#hold({ toServer: false, toClient: false });
    if (this.#listener === undefined) await this.listen();
  }

  stop() {
    this.refuse();
  }

  #hold(held) {
    this.#held = held;
    for (const link of this.#links) link.hold(held);
  }

  #accept(client) {
    const link = new Link(client, {
      serverPort: this.#serverPort,
      onCut: () => this.#whenCut(),
      onClose: () => this.#links.delete(link),
    });
    link.hold(this.#held);
    this.#links.add(link);
  }
}
