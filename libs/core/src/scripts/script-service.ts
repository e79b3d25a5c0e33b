/** The public face of scripts of the user's. An abstract class, so that it is a type, an injection token and easy to stand in for. */
import type { LockKey } from '../lease/lease-name.js';
import type { UserScript } from './user-script.js';

/** Which keys a run is about: ours, told apart by `key`; or yours, as they are called. */
export type ScriptKeys<Key extends string> =
  | { readonly key?: LockKey; readonly keys?: never }
  | { readonly keys: Readonly<Record<Key, string>>; readonly key?: never };

/** Arguments, which may be left out where there are none. */
export type ScriptInput<Input> = object extends Input ? { readonly args?: Input } : { readonly args: Input };

/** One run of a script. */
export type ScriptRun<Key extends string, Input> = ScriptKeys<Key> & ScriptInput<Input>;

/**
 * Scripts of your own: one step on the server each, with what Holdfast knows about that: keys that share a slot, scripts that
 * are on every server before they are needed and again when one forgot them, and no call that is made twice.
 */
export abstract class ScriptService {
  /**
   * Runs it once. A call whose answer did not arrive may have been executed: it is never asked again.
   * @throws LockConfigError before anything is sent, for arguments that its schema refuses, keys of yours in several slots of a
   *   cluster, and on a cluster a script that touches keys that are not in KEYS; ScriptReplyError when its schema refuses the
   *   answer; LockUnavailableError when there was none; LockRefusedError when the script itself failed; LockClosedError
   * @example `const [sold, left] = await scripts.run(take, { key: 'shoe', args: { count: 2 } })`
   */
  abstract run<Key extends string, Input, Reply>(
    script: UserScript<Key, Input, Reply>,
    run: ScriptRun<Key, Input>,
  ): Promise<Reply>;
}
