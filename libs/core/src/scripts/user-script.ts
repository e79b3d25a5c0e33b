/** A script of the user's, typed: its keys and arguments by name, its arguments and its reply by schemas. */
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { LockConfigError } from '../errors.js';
import { nameFault } from '../lease/lease-name.js';
import { show, unknownOption } from '../time/duration.js';
import type { Schema } from './standard-schema.js';
import { undeclaredKeys } from './undeclared-keys.js';

/** What a script may be given. */
export type ScriptValue = string | number;
/** What scripts answer: a flat list of integers and texts. */
export type ScriptAnswer = readonly ScriptValue[];
type ScriptArgs<Arg extends string> = Readonly<Record<Arg, ScriptValue>>;

interface ScriptFace<Key extends string, Arg extends string, Input, Reply> {
  /** For errors and logs. */
  readonly name: string;
  /** What KEYS holds, in this order; at least one. Written into one slot of a cluster. */
  readonly keys: readonly Key[];
  /** What ARGV holds, in this order. @defaultValue none */
  readonly args?: readonly Arg[];
  /** Scripts of one family have the same keys: one sells, one restocks. @defaultValue the name */
  readonly family?: string;
  /** Checks what a caller gives, and makes arguments of it. @defaultValue a text or a number for each */
  readonly input?: Schema<Input, ScriptArgs<Arg>>;
  /** Checks what the script answers, and makes something of it. @defaultValue the flat list as it is */
  readonly reply?: Schema<ScriptAnswer, Reply>;
}

/** What {@link defineScript} takes: the Lua itself, or the file that has it, read when it is defined. */
export type ScriptSpec<Key extends string, Arg extends string, Input, Reply> = ScriptFace<
  Key,
  Arg,
  Input,
  Reply
> &
  (
    | { readonly source: string; readonly file?: never }
    | { readonly file: string | URL; readonly source?: never }
  );

/** A script that was checked. */
export interface UserScript<Key extends string, Input, Reply> {
  readonly name: string;
  readonly family: string;
  readonly source: string;
  /** SHA-1 of the source: another text is another script, and both may run side by side in a rolling deploy. */
  readonly version: string;
  readonly keys: readonly Key[];
  readonly args: readonly string[];
  /** Where it touches keys that are not in KEYS, which no cluster takes. */
  readonly undeclared: readonly string[];
  readonly input: Schema<Input, Readonly<Record<string, ScriptValue>>> | undefined;
  readonly reply: Schema<ScriptAnswer, Reply> | undefined;
}

/** Any of them, for whoever only loads it. */
export type AnyUserScript = Pick<
  UserScript<string, unknown, unknown>,
  'name' | 'source' | 'version' | 'undeclared'
>;

/** By its shape, for it may be of another copy of this package. */
export function isUserScript(value: unknown): value is AnyUserScript {
  if (typeof value !== 'object' || value === null) return false;
  return 'name' in value && 'source' in value && 'version' in value && 'undeclared' in value;
}

const KNOWN: ReadonlySet<string> = new Set([
  'name',
  'source',
  'file',
  'keys',
  'args',
  'family',
  'input',
  'reply',
]);
const WORD = /^[a-z][A-Za-z0-9]*$/;
/** Redis hands a script its arguments by a stack of so many. */
const MOST = 200;

/**
 * A script of your own. It answers with a flat list of integers and texts, as `return { 1, remaining }`; a schema makes more of
 * it. Nothing is sent; hand it to `createHoldfast({ scripts })` to have it on every server before the first call.
 * @throws LockConfigError that lists every fault
 * @example `const take = defineScript({ name: 'take', keys: ['stock'], args: ['count'], source: `…` })`
 */
export function defineScript<
  const Key extends string,
  const Arg extends string = never,
  Input = ScriptArgs<Arg>,
  Reply = ScriptAnswer,
>(spec: ScriptSpec<Key, Arg, Input, Reply>): UserScript<Key, Input, Reply> {
  const faults: string[] = [];
  const { name, keys, args = [], family = name, input, reply } = spec;
  for (const option of Object.keys(spec)) if (!KNOWN.has(option)) faults.push(unknownOption(option, KNOWN));
  for (const [option, value] of Object.entries({ name, family })) {
    const fault = nameFault(value, option);
    if (fault !== undefined && !(option === 'family' && value === name)) faults.push(fault);
  }
  faults.push(...listFaults('keys', keys), ...listFaults('args', args));
  if (Array.isArray(keys) && keys.length === 0) faults.push('keys: an empty array must name a key at least');
  for (const [option, schema] of Object.entries({ input, reply })) {
    if (schema !== undefined && schema['~standard']?.version !== 1)
      faults.push(`${option}: ${show(schema)} must be a Standard Schema`);
  }
  const source = sourceOf(spec, faults);
  if (faults.length > 0) throw new LockConfigError(`Script ${show(name)} cannot be used`, faults);
  const version = createHash('sha1').update(source).digest('hex');
  return { name, family, source, version, keys, args, undeclared: undeclaredKeys(source), input, reply };
}

function listFaults(option: string, names: unknown): readonly string[] {
  if (!Array.isArray(names)) return [`${option}: ${show(names)} must be an array of names`];
  const faults = names
    .filter((name) => typeof name !== 'string' || !WORD.test(name))
    .map((name) => `${option}: ${show(name)} must be a word that begins with a small letter`);
  if (new Set(names).size < names.length) faults.push(`${option}: one of them is there twice`);
  if (names.length > MOST) faults.push(`${option}: ${names.length} of them; there may be ${MOST} at most`);
  return faults;
}

function sourceOf({ source, file }: { source?: string; file?: string | URL }, faults: string[]): string {
  if ((source === undefined) === (file === undefined)) {
    faults.push('source: give either the source of the script or its file');
    return '';
  }
  if (source !== undefined) return source;
  try {
    return readFileSync(file ?? '', 'utf8');
  } catch (error) {
    faults.push(
      `file: ${String(file)} cannot be read (${error instanceof Error ? error.message : String(error)})`,
    );
    return '';
  }
}
