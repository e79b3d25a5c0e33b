/** Runs a script by the names of its keys and arguments: a missing or unknown name does not compile. */
import type { Script } from './script.js';
import type { ScriptHost, ScriptReceipt } from './script-host.js';

type Named<Name extends string, Value> = Readonly<Record<Name, Value>>;

/** Keys and arguments of one run. */
export interface ScriptInput<Key extends string, Arg extends string> {
  readonly keys: Named<NoInfer<Key>, string>;
  readonly args: Named<NoInfer<Arg>, string | number>;
  readonly forReplicas?: true;
}

/** Runs `script` once. */
export function runScript<Key extends string, Arg extends string>(
  host: ScriptHost,
  script: Script<Key, Arg>,
  input: ScriptInput<Key, Arg>,
): Promise<ScriptReceipt> {
  return host.run({
    script,
    keys: script.keys.map((key) => input.keys[key]),
    args: script.args.map((arg) => input.args[arg]),
    ...(input.forReplicas === undefined ? {} : { forReplicas: input.forReplicas }),
  });
}
