/** Keeps the faults that are on, and hands them to the calls that they are for. */
import { StoreError, type StoreCondition } from '@holdfast/core';
import type { FailureScope, Faults, FaultScope } from './faults.js';

/** What happens to one call. */
export type CallFault =
  | { readonly kind: 'drop-reply' }
  | { readonly kind: 'fail'; readonly error: StoreError; readonly executed: boolean }
  | { readonly kind: 'unknown-script' };

/** What happens to messages. */
export type PushFault = 'none' | 'hold' | 'drop' | 'duplicate';

/** Told about switches that change the state of connections. */
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

/** The other side of the switches: what a host asks for at each call and each message. */
export class FaultSwitches implements Faults {
  readonly #planned: Planned[] = [];
  readonly #calls = new Map<string, number>();
  readonly #listeners = new Set<FaultListener>();
  #callDelayMs = 0;
  #replyDelayMs = 0;
  #pushes: PushFault = 'none';
  #down = false;

  get calls(): Readonly<Record<string, number>> {
    return Object.fromEntries(this.#calls);
  }

  callsOf(script: string): number {
    return this.#calls.get(script) ?? 0;
  }

  resetCounts(): void {
    this.#calls.clear();
  }

  delayCalls(ms: number): void {
    this.#callDelayMs = ms;
  }

  delayReplies(ms: number): void {
    this.#replyDelayMs = ms;
  }

  dropReplies(scope: FaultScope = {}): void {
    this.#plan({ kind: 'drop-reply' }, scope);
  }

  fail(condition: StoreCondition, { executed = false, ...scope }: FailureScope = {}): void {
    const error = new StoreError(condition, `${condition}, as the test wants it`, { ambiguous: executed });
    this.#plan({ kind: 'fail', error, executed }, scope);
  }

  forgetScripts(scope: FaultScope = {}): void {
    this.#plan({ kind: 'unknown-script' }, scope);
  }

  holdPushes(): void {
    this.#pushes = 'hold';
  }

  releasePushes(): void {
    this.#pushes = 'none';
    for (const listener of this.#listeners) listener.pushesFlow();
  }

  dropPushes(): void {
    this.#pushes = 'drop';
  }

  duplicatePushes(): void {
    this.#pushes = 'duplicate';
  }

  disconnect(): void {
    this.#down = true;
    for (const listener of this.#listeners) listener.wentDown();
  }

  reconnect(): void {
    if (!this.#down) return;
    this.#down = false;
    for (const listener of this.#listeners) listener.cameBack();
  }

  heal(): void {
    this.#planned.length = 0;
    this.#callDelayMs = 0;
    this.#replyDelayMs = 0;
    this.releasePushes();
    this.reconnect();
  }

  get callDelayMs(): number {
    return this.#callDelayMs;
  }

  get replyDelayMs(): number {
    return this.#replyDelayMs;
  }

  get pushes(): PushFault {
    return this.#pushes;
  }

  get down(): boolean {
    return this.#down;
  }

  /** Counts a call and takes the fault that is planned for it. */
  takeFor(script: string): CallFault | undefined {
    this.#calls.set(script, this.callsOf(script) + 1);
    const planned = this.#planned.find((plan) => plan.script === undefined || plan.script === script);
    if (planned === undefined) return undefined;
    planned.left -= 1;
    if (planned.left <= 0) this.#planned.splice(this.#planned.indexOf(planned), 1);
    return planned.fault;
  }

  listen(listener: FaultListener): () => void {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  }

  #plan(fault: CallFault, { script, times = Infinity }: FaultScope): void {
    this.#planned.push({ fault, script, left: times });
  }
}
