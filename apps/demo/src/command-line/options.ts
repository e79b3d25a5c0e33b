/** The command line, read as a whole so that one message lists every fault. */
import { LockConfigError, parseDuration } from '@holdfast/core';
import { parseArgs } from 'node:util';

export interface DemoOptions {
  readonly replicas: number;
  readonly forMs: number;
  readonly killOne: boolean;
  readonly killCloser: boolean;
  readonly freezeOne: boolean;
  /** Clocks of replicas are up to so much ahead or behind. */
  readonly skewMs: number;
  readonly unguarded: boolean;
  readonly embedded: boolean;
  readonly json: boolean;
  readonly ledger: string | undefined;
}

export type CommandLine =
  | { readonly kind: 'run'; readonly options: DemoOptions }
  | { readonly kind: 'help' }
  | { readonly kind: 'wrong'; readonly faults: readonly string[] };

const KNOWN = {
  replicas: { type: 'string' },
  for: { type: 'string' },
  'kill-one': { type: 'boolean' },
  'kill-closer': { type: 'boolean' },
  'freeze-one': { type: 'boolean' },
  calm: { type: 'boolean' },
  skew: { type: 'string' },
  unguarded: { type: 'boolean' },
  embedded: { type: 'boolean' },
  json: { type: 'boolean' },
  ledger: { type: 'string' },
  help: { type: 'boolean', short: 'h' },
} as const;

const MOST_REPLICAS = 12;
const LEAST_FOR_MS = 2_000;
const MOST_FOR_MS = 3_600_000;
const MOST_SKEW_MS = 60_000;

export function readCommandLine(args: readonly string[]): CommandLine {
  const { values, tokens } = parseArgs({ args: [...args], options: KNOWN, strict: false, tokens: true });
  const faults = tokens.map(faultOf).filter((fault) => fault !== undefined);
  const given = new Set(tokens.map((token) => (token.kind === 'option' ? token.name : '')));
  if (given.has('help') && faults.length === 0) return { kind: 'help' };
  const read = <T>(fallback: T, reading: () => T): T => {
    try {
      return reading();
    } catch (error) {
      if (error instanceof OptionFault) faults.push(error.message);
      else throw error;
      return fallback;
    }
  };
  const options: DemoOptions = {
    replicas: read(3, () => readReplicas(values.replicas)),
    forMs: read(30_000, () => readFor(values.for)),
    killOne: given.has('kill-one') || !FAULTS.some((fault) => given.has(fault)),
    killCloser: given.has('kill-closer') || !FAULTS.some((fault) => given.has(fault)),
    freezeOne: given.has('freeze-one'),
    skewMs: read(0, () => readSkew(values.skew)),
    unguarded: given.has('unguarded'),
    embedded: given.has('embedded'),
    json: given.has('json'),
    ledger: typeof values.ledger === 'string' ? values.ledger : undefined,
  };
  faults.push(...clashes(given, options));
  return faults.length === 0 ? { kind: 'run', options } : { kind: 'wrong', faults: [...new Set(faults)] };
}

/** Whoever says one of them says all; without any the default strikes. */
const FAULTS = ['kill-one', 'kill-closer', 'freeze-one', 'calm'];

class OptionFault extends Error {}

type Token = NonNullable<ReturnType<typeof parseArgs>['tokens']>[number];

function faultOf(token: Token): string | undefined {
  if (token.kind === 'positional') return `${quoted(token.value)}: is not an option; options begin with --`;
  if (token.kind !== 'option') return undefined;
  const known = Object.entries(KNOWN).find(([name]) => name === token.name)?.[1];
  if (known === undefined) return `${token.rawName}: unknown option; there are ${names()}`;
  if (known.type === 'string') {
    return hasValue(token) ? undefined : `${token.rawName}: needs a value`;
  }
  return token.value === undefined
    ? undefined
    : `${token.rawName}: ${quoted(token.value)} must be left out; it takes no value`;
}

/** `--ledger --json` is a forgotten value and not a file called `--json`. */
function hasValue({ value = '', inlineValue = false }: Extract<Token, { kind: 'option' }>): boolean {
  return value !== '' && (inlineValue || !value.startsWith('--'));
}

function readReplicas(value: string | boolean | undefined): number {
  if (typeof value !== 'string') return 3;
  const replicas = /^\d{1,3}$/.test(value) ? Number(value) : NaN;
  if (replicas >= 1 && replicas <= MOST_REPLICAS) return replicas;
  throw new OptionFault(`--replicas: ${quoted(value)} must be a whole number from 1 to ${MOST_REPLICAS}`);
}

function readFor(value: string | boolean | undefined): number {
  if (typeof value !== 'string') return 30_000;
  const forMs = durationOf('--for', value, '45s, 2m or 1h');
  if (forMs >= LEAST_FOR_MS && forMs <= MOST_FOR_MS) return forMs;
  throw new OptionFault(`--for: ${quoted(value)} must be from 2s to 1h`);
}

function readSkew(value: string | boolean | undefined): number {
  if (typeof value !== 'string') return 0;
  const skewMs = durationOf('--skew', value, '500ms or 2s');
  if (skewMs <= MOST_SKEW_MS) return skewMs;
  throw new OptionFault(`--skew: ${quoted(value)} must be 1m at most`);
}

function durationOf(option: string, value: string, examples: string): number {
  try {
    return parseDuration(value, option);
  } catch (error) {
    if (!LockConfigError.is(error)) throw error;
    throw new OptionFault(`${option}: ${quoted(value)} must be a number with a unit, such as ${examples}`);
  }
}

function clashes(given: ReadonlySet<string>, options: DemoOptions): string[] {
  const faults: string[] = [];
  if (given.has('calm') && FAULTS.some((fault) => fault !== 'calm' && given.has(fault))) {
    faults.push(
      '--calm: must not stand beside --kill-one, --kill-closer or --freeze-one; it means that nobody is killed or frozen',
    );
  }
  if (options.freezeOne && options.replicas < 2) {
    faults.push(
      `--freeze-one: needs --replicas 2 or more, not ${options.replicas}; somebody has to take over`,
    );
  }
  return faults;
}

function names(): string {
  return Object.keys(KNOWN)
    .map((name) => `--${name}`)
    .join(', ');
}

function quoted(value: string): string {
  return JSON.stringify(value.length > 60 ? `${value.slice(0, 60)}…` : value);
}
