/** What came of something, as it is written down: JSON of a fence, and of a value or why there is none. */
import { codeOf } from '../errors.js';
import { OnceFailedError, OnceResultError, type OriginalError } from '../once-errors.js';

/** What came of it. `T` is what its caller says that it is: nobody looks into what JSON has kept. */
export type Outcome<T> =
  /** Where nothing was returned the value is left out, as JSON does. */
  | { readonly fence: number; readonly kind: 'value'; readonly value: T }
  | { readonly fence: number; readonly kind: 'error'; readonly error: OriginalError }
  /** It was done; its result could not be kept. */
  | { readonly fence: number; readonly kind: 'unkept'; readonly why: string };

const KINDS: readonly unknown[] = ['value', 'error', 'unkept'] satisfies Outcome<unknown>['kind'][];

/** A body that came back. */
export function tellValue(fence: number, value: unknown, maxBytes: number): string {
  if (value === undefined) return tell({ fence, kind: 'value', value });
  const told = tellUnless({ fence, kind: 'value', value });
  if (told === undefined) return tell({ fence, kind: 'unkept', why: 'it is not JSON' });
  const bytes = Buffer.byteLength(told);
  if (bytes <= maxBytes) return told;
  const why = `it has ${bytes} bytes as JSON, more than maxBytes (${maxBytes})`;
  return tell({ fence, kind: 'unkept', why });
}

/** A body that threw. */
export function tellError(fence: number, thrown: unknown): string {
  const code = codeOf(thrown);
  const [name, message] = thrown instanceof Error ? [thrown.name, thrown.message] : ['Error', String(thrown)];
  const error = { name, message: cut(message), ...(code === undefined ? {} : { code }) };
  return tell({ fence, kind: 'error', error });
}

/** What was written down; nothing where that was not by us. */
export function outcomeIn<T>(told: string): Outcome<T> | undefined {
  try {
    const outcome: Outcome<T> = JSON.parse(told);
    return typeof outcome === 'object' && KINDS.includes(outcome.kind) ? outcome : undefined;
  } catch {
    return undefined;
  }
}

/** For a caller who did not do it. @throws OnceFailedError, OnceResultError */
export function given<T>(name: string, told: string): T {
  const outcome = outcomeIn<T>(told) ?? { kind: 'unkept', why: 'what is written down is none of ours' };
  switch (outcome.kind) {
    case 'value':
      return outcome.value;
    case 'error':
      throw new OnceFailedError(name, outcome.error);
    case 'unkept':
      throw new OnceResultError(name, outcome.why);
  }
}

const LONGEST_MESSAGE = 2_000;

function cut(message: string): string {
  return message.length > LONGEST_MESSAGE ? `${message.slice(0, LONGEST_MESSAGE)}…` : message;
}

function tell(outcome: Outcome<unknown>): string {
  return JSON.stringify(outcome);
}

/** Functions and symbols leave nothing behind; cycles and large integers throw. */
function tellUnless(outcome: Extract<Outcome<unknown>, { kind: 'value' }>): string | undefined {
  try {
    const told = tell(outcome);
    return 'value' in JSON.parse(told) ? told : undefined;
  } catch {
    return undefined;
  }
}
