/**
 * What went wrong between us and the server, in one closed list of conditions.
 * `docs/errors.md` holds the table; a test reads it.
 */

/** Named trouble. Everything a host or a store can reject with is one of these. */
export type StoreCondition =
  | 'disconnected'
  | 'timeout'
  | 'loading'
  | 'readonly'
  | 'out-of-memory'
  | 'busy-script'
  | 'not-persisting'
  | 'no-replicas'
  | 'not-replicated'
  | 'no-quorum'
  | 'cluster-down'
  | 'wrong-type'
  | 'no-permission'
  | 'bad-credentials'
  | 'cross-slot'
  | 'unexpected';

const PERMANENT: ReadonlySet<StoreCondition> = new Set([
  'wrong-type',
  'no-permission',
  'bad-credentials',
  'cross-slot',
  'unexpected',
]);

/** Trouble of one attempt. Internal to stores and the engine: callers of the library see `LockError`s. */
export class StoreError extends Error {
  readonly condition: StoreCondition;
  /** Whether trying again cannot help until a person changes something. */
  readonly permanent: boolean;
  /** Whether the server may have executed the call although no reply came. */
  readonly ambiguous: boolean;

  constructor(condition: StoreCondition, message: string, options: { ambiguous: boolean }) {
    super(message);
    this.name = 'StoreError';
    this.condition = condition;
    this.permanent = PERMANENT.has(condition);
    this.ambiguous = options.ambiguous;
  }
}

/** No reply came in time; what became of the call is not known. */
export function noAnswer(): StoreError {
  return new StoreError('timeout', 'No answer in time', { ambiguous: true });
}

/** The primary did it, and fewer replicas have it than there must be: a failover may forget it. */
export function notReplicated(why: string): StoreError {
  return new StoreError('not-replicated', why, { ambiguous: true });
}

/** Hosts reject with a `StoreError`; whatever else arrives is a fault of theirs and permanent. */
export function asStoreError(error: unknown): StoreError {
  return error instanceof StoreError
    ? error
    : new StoreError('unexpected', String(error), { ambiguous: true });
}
