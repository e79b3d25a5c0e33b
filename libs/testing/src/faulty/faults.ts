/** The switches of a faulty host. Every fault is for all instances on it, until it ran out or {@link Faults.heal}. */
import { StoreError, type StoreCondition } from '@holdfast/core';

/** Which calls a fault is for. */
export interface FaultScope {
  /** Name of a script such as `lease/acquire`. @defaultValue all of them */
  readonly script?: string;
  /** For how many calls. @defaultValue until the heal */
  readonly times?: number;
}

/** How a call fails. */
export interface FailureScope extends FaultScope {
  /** Whether the server executes it first, so that only the answer is an error. @defaultValue false */
  readonly executed?: boolean;
}

/** What happens to one call. */
export type CallFault =
  | { readonly kind: 'drop-reply' }
  | { readonly kind: 'fail'; readonly error: StoreError; readonly executed: boolean }
  | { readonly kind: 'unknown-script' };

/** What happens to messages. */
export type PushFault = 'none' | 'hold' | 'drop' | 'duplicate';

/** Told about switches that change the state of connections. @internal */
export interface FaultListener {
  wentDown(): void;
  cameBack(): void;
  pushesFlow(): void;
}

interface Planned {
  readonly fault: CallFault;
  readonly script: string | undefined;
  left: number;
}

export class Faults {
  readonly #planned: Planned[] = [];
  readonly #calls = new Map<string, number>();
  readonly #listeners = new Set<FaultListener>();
  #callDelayMs = 0;
  #replyDelayMs = 0;
  #pushes: PushFault = 'none';
  #down = false;

  /** Calls so far, by name of the script: those that were let fail too. */
  get calls(): Readonly<Record<string, number>> {
    return Object.fromEntries(this.#calls);
  }

  /** How often a script was called. */
  callsOf(script: string): number {
    return this.#calls.get(script) ?? 0;
  }

  /** Forgets the counts. */
  resetCounts(): void {
    this.#calls.clear();
  }

  /** Every call reaches the server this much later, in order. `sentAt` stays the time of the call. */
  delayCalls(ms: number): void {
    this.#callDelayMs = ms;
  }

  /** Every reply and every message arrives this much later, in order. */
  delayReplies(ms: number): void {
    this.#replyDelayMs = ms;
  }

  /** Calls are executed and never answered: their promises stay open until the connection is lost or closed. */
  dropReplies(scope: FaultScope = {}): void {
    this.#plan({ kind: 'drop-reply' }, scope);
  }

  /** Calls are rejected with this condition. */
  fail(condition: StoreCondition, { executed = false, ...scope }: FailureScope = {}): void {
    const error = new StoreError(condition, `${condition}, as the test wants it`, { ambiguous: executed });
    this.#plan({ kind: 'fail', error, executed }, scope);
  }

  /**
   * The server does not know the script (NOSCRIPT): the call is sent again behind whatever was sent meanwhile, if its
   * caller still wants it.
   */
  forgetScripts(scope: FaultScope = {}): void {
    this.#plan({ kind: 'unknown-script' }, scope);
  }

  /** Keeps messages back until {@link releasePushes}. */
  holdPushes(): void {
    this.#pushes = 'hold';
  }

  /** Delivers the messages that were kept back, and those to come. */
  releasePushes(): void {
    this.#pushes = 'none';
    for (const listener of this.#listeners) listener.pushesFlow();
  }

  /** Loses messages. */
  dropPushes(): void {
    this.#pushes = 'drop';
  }

  /** Delivers every message twice. */
  duplicatePushes(): void {
    this.#pushes = 'duplicate';
  }

  /**
   * Loses the connection of every instance. Open calls are rejected as `disconnected` although they were executed, new
   * ones at once, messages are lost. The server goes on counting them as subscribers, as it does with a dead peer.
   */
  disconnect(): void {
    this.#down = true;
    for (const listener of this.#listeners) listener.wentDown();
  }

  /** Ends {@link disconnect}, with the next epoch. */
  reconnect(): void {
    if (!this.#down) return;
    this.#down = false;
    for (const listener of this.#listeners) listener.cameBack();
  }

  /** Switches everything off. What was dropped stays lost. */
  heal(): void {
    this.#planned.length = 0;
    this.#callDelayMs = 0;
    this.#replyDelayMs = 0;
    this.releasePushes();
    this.reconnect();
  }

  /** @internal */
  get callDelayMs(): number {
    return this.#callDelayMs;
  }

  /** @internal */
  get replyDelayMs(): number {
    return this.#replyDelayMs;
  }

  /** @internal */
  get pushes(): PushFault {
    return this.#pushes;
  }

  /** @internal */
  get down(): boolean {
    return this.#down;
  }

  /** Counts a call and takes the fault that is planned for it. @internal */
  takeFor(script: string): CallFault | undefined {
    this.#calls.set(script, this.callsOf(script) + 1);
    const planned = this.#planned.find((plan) => plan.script === undefined || plan.script === script);
    if (planned === undefined) return undefined;
    planned.left -= 1;
    if (planned.left <= 0) this.#planned.splice(this.#planned.indexOf(planned), 1);
    return planned.fault;
  }

  /** @internal */
  listen(listener: FaultListener): () => void {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  }

  #plan(fault: CallFault, { script, times = Infinity }: FaultScope): void {
    this.#planned.push({ fault, script, left: times });
  }
}
