/**
 * One TCP connection: bytes arrive in order, or not any more. A partition holds them up, in one direction or in both. After
 * a reset the client knows at once; the server executes what has arrived, which may be long after, and notices late.
 */
import type { Planned, VirtualTime } from './virtual-time.js';

/** What is between a process and the server: shared by all connections of that process. */
export interface Path {
  /** How long the next message takes. */
  latencyMs(): number;
  readonly blocked: { toServer: boolean; toClient: boolean };
}

/** Messages in one direction. */
class Lane {
  readonly #time: VirtualTime;
  readonly #latencyMs: () => number;
  readonly #isBlocked: () => boolean;
  readonly #onTheWay: { deliver: () => void; planned: Planned }[] = [];
  #held: (() => void)[] = [];
  #lastAt = 0;

  constructor(time: VirtualTime, latencyMs: () => number, isBlocked: () => boolean) {
    this.#time = time;
    this.#latencyMs = latencyMs;
    this.#isBlocked = isBlocked;
  }

  send(deliver: () => void): void {
    this.#lastAt = Math.max(this.#lastAt, this.#time.now + this.#latencyMs());
    const planned = this.#time.at(this.#lastAt, () => {
      this.#onTheWay.shift();
      if (this.#isBlocked() || this.#held.length > 0) this.#held.push(deliver);
      else deliver();
    });
    this.#onTheWay.push({ deliver, planned });
  }

  /** The partition is over: what was held up is sent again, in its order. */
  healed(): void {
    const held = this.#held;
    this.#held = [];
    const behind = this.#onTheWay.splice(0);
    for (const { planned } of behind) planned.cancelled = true;
    this.#lastAt = this.#time.now;
    for (const deliver of [...held, ...behind.map(({ deliver }) => deliver)]) this.send(deliver);
  }

  /** Takes everything off the way, in its order. */
  drain(): (() => void)[] {
    const left = [...this.#held.splice(0), ...this.#onTheWay.map(({ deliver }) => deliver)];
    for (const { planned } of this.#onTheWay.splice(0)) planned.cancelled = true;
    return left;
  }
}

export class Connection {
  readonly #time: VirtualTime;
  readonly #toServer: Lane;
  readonly #toClient: Lane;
  #open = true;

  constructor(time: VirtualTime, path: Path) {
    this.#time = time;
    const latencyMs = (): number => path.latencyMs();
    this.#toServer = new Lane(time, latencyMs, () => path.blocked.toServer);
    this.#toClient = new Lane(time, latencyMs, () => path.blocked.toClient);
  }

  get open(): boolean {
    return this.#open;
  }

  toServer(deliver: () => void): void {
    if (this.#open) this.#toServer.send(deliver);
  }

  toClient(deliver: () => void): void {
    if (this.#open) this.#toClient.send(deliver);
  }

  healed(): void {
    this.#toServer.healed();
    this.#toClient.healed();
  }

  /** Breaks it. The first `arriving` of the messages under way still reach the server, `lateMs` from now. */
  reset({ arriving, lateMs }: { readonly arriving: number; readonly lateMs: number }): void {
    this.#open = false;
    this.#toClient.drain();
    for (const deliver of this.#toServer.drain().slice(0, arriving)) this.#time.after(lateMs, deliver);
  }
}
