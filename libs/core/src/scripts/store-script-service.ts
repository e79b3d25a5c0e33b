/** Scripts of the user's on a store that executes them. */
import { LockClosedError } from '../acquire-errors.js';
import { LockConfigError } from '../errors.js';
import { callFaults } from '../guarded/guard-terms.js';
import { answerToCaller } from '../lease/answer-to-caller.js';
import { identityBelow, identityOfKind, nameFault } from '../lease/lease-name.js';
import { ScriptReplyError } from '../script-errors.js';
import type { Clock } from '../time/clock.js';
import { show } from '../time/duration.js';
import { ScriptService, type ScriptRun } from './script-service.js';
import type { ScriptStore } from './script-store.js';
import { issueText } from './standard-schema.js';
import type { ScriptAnswer, ScriptValue, UserScript } from './user-script.js';

/** What it is made of. */
export interface ScriptParts {
  readonly store: ScriptStore;
  readonly clock: Clock;
  readonly attemptTimeoutMs: number;
}

type AnyScript = Omit<UserScript<string, unknown, unknown>, 'input' | 'reply'>;

export class StoreScriptService extends ScriptService {
  readonly #parts: ScriptParts;
  readonly #closing = new AbortController();

  constructor(parts: ScriptParts) {
    super();
    this.#parts = parts;
  }

  override async run<Key extends string, Input, Reply>(
    script: UserScript<Key, Input, Reply>,
    run: ScriptRun<Key, Input>,
  ): Promise<Reply> {
    const { name, version, source } = script;
    if (this.#parts.store.slotted) refuse(script, script.undeclared);
    const keys = run.keys === undefined ? this.#ours(script, run.key) : this.#yours(script, run.keys);
    const args = await argumentsOf(script, run.args);
    if (this.#closing.signal.aborted) throw new LockClosedError(name);
    const execution = this.#parts.store.run({ name, version, source, keys, args });
    return replyOf(script, await answerToCaller(this.#parts, name, execution));
  }

  /** Refuses what is new. */
  close(): void {
    this.#closing.abort();
  }

  #ours(script: AnyScript, key: ScriptRun<string, unknown>['key']): readonly string[] {
    refuse(script, callFaults(key, undefined));
    const identity = identityBelow(identityOfKind('script', script.family), key);
    return script.keys.map((part) => this.#parts.store.keyOf(identity, part));
  }

  #yours(script: AnyScript, names: Readonly<Record<string, string>>): readonly string[] {
    const { store } = this.#parts;
    const faults = script.keys.map((key) => nameFault(names[key], `keys.${key}`));
    refuse(
      script,
      faults.filter((fault) => fault !== undefined),
    );
    const keys = script.keys.map((key) => store.ownKey(names[key] ?? ''));
    if (store.slotted && new Set(keys.map((key) => store.slotOf(key))).size > 1)
      refuse(script, [`keys: ${keys.map(show).join(', ')} are in different slots; give them one {tag}`]);
    return keys;
  }
}

async function argumentsOf<Input>(
  script: UserScript<string, Input, unknown>,
  given: unknown,
): Promise<readonly ScriptValue[]> {
  const checked = await script.input?.['~standard'].validate(given ?? {});
  if (checked?.issues !== undefined)
    refuse(
      script,
      checked.issues.map((issue) => issueText('args', issue)),
    );
  const values: object = checked === undefined ? asObject(given) : 'value' in checked ? checked.value : {};
  const named = new Map<string, unknown>(Object.entries(values));
  const faults = [...named.keys()]
    .filter((arg) => !script.args.includes(arg))
    .map((arg) => `args.${arg}: the script has no such argument; there are ${script.args.join(', ')}`);
  const args = script.args.map((arg): ScriptValue => {
    const value = named.get(arg);
    if (typeof value === 'string' || (typeof value === 'number' && Number.isFinite(value))) return value;
    faults.push(`args.${arg}: ${show(value)} must be a text or a finite number`);
    return '';
  });
  refuse(script, faults);
  return args;
}

type Replying<Reply> = Pick<UserScript<string, unknown, Reply>, 'name' | 'reply'>;

/** Without a schema the answer is the reply, as {@link defineScript} has it. */
async function replyOf<Reply>(script: Replying<Reply>, answer: ScriptAnswer): Promise<Reply>;
async function replyOf({ name, reply }: Replying<unknown>, answer: ScriptAnswer): Promise<unknown> {
  if (reply === undefined) return answer;
  const checked = await reply['~standard'].validate(answer);
  if (checked.issues === undefined) return checked.value;
  throw new ScriptReplyError(
    name,
    checked.issues.map((issue) => issueText('reply', issue)),
  );
}

function asObject(given: unknown): object {
  return typeof given === 'object' && given !== null ? given : {};
}

function refuse({ name }: Pick<AnyScript, 'name'>, faults: readonly string[]): void {
  if (faults.length > 0) throw new LockConfigError(`Script ${show(name)} cannot run`, faults);
}
