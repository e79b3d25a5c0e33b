/** Replicas as Nest applications in this process, all on one embedded host. */
import type { HostProvider } from '@holdfast/core';
import { embedded, type ConnectionControls, type EmbeddedProvider } from '@holdfast/embedded';
import type { Author } from '../../bookkeeping/entries.js';
import { FreezePoint } from '../../shop/freeze-point.js';
import { ReplicaApp } from '../../shop/replica-app.js';
import type { Tell } from '../../wire/news.js';
import type { Replica, StartReplica } from '../replica.js';

/** One host for all replicas, and their `--kill-one`. */
export class EmbeddedReplicas {
  readonly #host = embedded();
  readonly #remains: Promise<void>[] = [];

  readonly start: StartReplica = async ({ name, life, clockOffsetMs: _, ...setup }, ears) => {
    const author: Author = { replica: name, life, pid: process.pid };
    const way = new SeparableWay(this.#host);
    // Nobody can arm it: a stopped process would take all replicas with it.
    const freezePoint = new FreezePoint(async () => undefined);
    const voice = { muted: false };
    const tell: Tell = (news) => {
      if (!voice.muted) ears.hear(news);
    };
    const app = await ReplicaApp.start({ setup: { ...setup, author }, connection: way, freezePoint, tell });
    return new EmbeddedReplica(author, { app, way, voice, bury: (remains) => this.#remains.push(remains) });
  };

  /** Waits for what is left of those that were killed. */
  async close(): Promise<void> {
    await Promise.all(this.#remains);
  }
}

/** A replica's own connection to the host that all share, so that it alone can lose it. */
class SeparableWay implements HostProvider {
  readonly holdfastHost = 1;
  readonly #host: EmbeddedProvider;
  #controls: ConnectionControls | undefined;

  constructor(host: EmbeddedProvider) {
    this.#host = host;
  }

  readonly open: HostProvider['open'] = async (context) => {
    const opened = await this.#host.open(context);
    this.#controls = this.#host.controls.connections.find((connection) => Object.is(connection, opened));
    return opened;
  };

  cut(): void {
    this.#controls?.disconnect();
  }
}

interface EmbeddedReplicaParts {
  readonly app: ReplicaApp;
  readonly way: SeparableWay;
  /** The dead say nothing. */
  readonly voice: { muted: boolean };
  readonly bury: (remains: Promise<void>) => void;
}

class EmbeddedReplica implements Replica {
  readonly author: Author;
  readonly url: string;
  readonly #parts: EmbeddedReplicaParts;

  constructor(author: Author, parts: EmbeddedReplicaParts) {
    this.author = author;
    this.url = `http://127.0.0.1:${parts.app.port}`;
    this.#parts = parts;
  }

  armFreeze(): void {
    throw new Error('an app that shares its process with the supervisor cannot be frozen');
  }

  thaw(): void {
    // never frozen
  }

  /** Cut off first, so that nothing it does while it is taken down reaches anybody. */
  async kill(): Promise<void> {
    const { app, way, voice, bury } = this.#parts;
    voice.muted = true;
    way.cut();
    app.crash();
    bury(app.stop());
  }

  async stop(): Promise<void> {
    await this.#parts.app.stop();
  }
}
