/** Whether calls are let through a connection, why not, and who is told of it. */
import type { StoreError } from '../lease/store-error.js';
import type { Clock } from '../time/clock.js';
import { notConnected } from './ioredis-outcomes.js';
import type { HostContext } from './script-host.js';
import { UpSignal } from './up-signal.js';

/** What is told to whom. */
export interface StateListeners {
  readonly report: HostContext['report'];
  /** Calls are let through from now on, or no longer. */
  readonly changed: () => void;
}

export class ConnectionState {
  readonly #label: string;
  readonly #tell: StateListeners;
  readonly #signal: UpSignal;
  #up = false;
  #closed = false;
  #trouble: StoreError | undefined;
  /** What the server said that makes us look for another one. */
  #turnedAway: StoreError | undefined;

  constructor(label: string, clock: Clock, tell: StateListeners) {
    this.#label = label;
    this.#signal = new UpSignal(clock);
    this.#tell = tell;
  }

  get up(): boolean {
    return this.#up;
  }

  get closed(): boolean {
    return this.#closed;
  }

  /** What calls are refused with while they are not let through. */
  get whyDown(): StoreError {
    return this.#trouble ?? this.#turnedAway ?? notConnected();
  }

  /** Resolves when calls are let through, or after `withinMs`. */
  whenUp(withinMs: number): Promise<void> {
    return this.#up || this.#closed ? Promise.resolve() : this.#signal.wait(withinMs);
  }

  cameUp(): void {
    this.#up = true;
    if (this.#trouble !== undefined) this.#tell.report('warn', `Connected to ${this.#label} again`);
    this.#trouble = undefined;
    this.#turnedAway = undefined;
    this.#signal.raise();
    this.#tell.changed();
  }

  wentDown(): void {
    this.#up = false;
    this.#tell.changed();
  }

  /** The connection is being replaced because of what the server said; until then that is the trouble. */
  turnedAway(told: StoreError): void {
    this.#turnedAway = told;
    this.#up = false;
  }

  /** Tells each change of state once: a server that is away for an hour is one line, not one a second. */
  wentWrong(trouble: StoreError): void {
    const news = this.#trouble?.condition !== trouble.condition;
    this.#trouble = trouble;
    if (news && !this.#closed)
      this.#tell.report('warn', `No connection to ${this.#label}: ${trouble.message}`);
  }

  close(): void {
    this.#closed = true;
    this.#signal.raise();
  }
}
