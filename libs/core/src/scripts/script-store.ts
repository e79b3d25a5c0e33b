/** The port between scripts of the user's and whatever executes them. */
import type { ScriptAnswer, ScriptValue } from './user-script.js';

/** A run, with its keys as they are called. */
export interface ScriptExecution {
  readonly name: string;
  readonly version: string;
  readonly source: string;
  readonly keys: readonly string[];
  readonly args: readonly ScriptValue[];
}

/** Executes scripts. Calls may stay pending; they reject with a `StoreError`. */
export interface ScriptStore {
  /** Whether keys of different slots are on different servers. */
  readonly slotted: boolean;
  /** A key of ours. */
  keyOf(identity: string, part: string): string;
  /** One of yours, as it is called on the server. */
  ownKey(name: string): string;
  slotOf(key: string): number;
  run(execution: ScriptExecution): Promise<ScriptAnswer>;
}
