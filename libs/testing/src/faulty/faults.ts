/** The switches of a faulty host, as a test sees them. */
import type { StoreCondition } from '@holdfast/core';

/** Which calls a fault is for. */
export interface FaultScope {
  /** Name of a script such as `lease/batch`. @defaultValue all of them */
  readonly script?: string;
  /** For how many calls. @defaultValue until the heal */
  readonly times?: number;
}

/** How a call fails. */
export interface FailureScope extends FaultScope {
  /** Whether the server executes it first, so that only the answer is an error. @defaultValue false */
  readonly executed?: boolean;
}

/** Faults to switch on. Each is for all instances on the host, until it ran out or {@link Faults.heal}. */
export interface Faults {
  /** Calls so far, by name of the script: those that were let fail too. */
  readonly calls: Readonly<Record<string, number>>;
  /** How often a script was called. */
  callsOf(script: string): number;
  /** Forgets the counts. */
  resetCounts(): void;
  /** Every call reaches the server this much later, in order. `sentAt` stays the time of the call. */
  delayCalls(ms: number): void;
  /** Every reply and every message arrives this much later, in order. */
  delayReplies(ms: number): void;
  /** Calls are executed and never answered: their promises stay open until the connection is lost or closed. */
  dropReplies(scope?: FaultScope): void;
  /** Calls are rejected with this condition. */
  fail(condition: StoreCondition, scope?: FailureScope): void;
  /**
   * The server does not know the script (NOSCRIPT): the call is sent again behind whatever was sent meanwhile, if its
   * caller still wants it.
   */
  forgetScripts(scope?: FaultScope): void;
  /** Keeps messages back until {@link releasePushes}. */
  holdPushes(): void;
  /** Delivers the messages that were kept back, and those to come. */
  releasePushes(): void;
  /** Loses messages. */
  dropPushes(): void;
  /** Delivers every message twice. */
  duplicatePushes(): void;
  /**
   * Loses the connection of every instance. Open calls are rejected as `disconnected` although they were executed, new
   * ones at once, messages are lost. The server goes on counting them as subscribers, as it does with a dead peer.
   */
  disconnect(): void;
  /** Ends {@link disconnect}, with the next epoch. */
  reconnect(): void;
  /** Switches everything off. What was dropped stays lost. */
  heal(): void;
}
