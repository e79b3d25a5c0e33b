import { StoreError, type StoreCondition } from '../lease/store-error.js';

/** Redis puts the kind of an error into its first word. */
const BY_FIRST_WORD: ReadonlyMap<string, StoreCondition> = new Map([
  ['LOADING', 'loading'],
  ['READONLY', 'readonly'],
  ['OOM', 'out-of-memory'],
  ['BUSY', 'busy-script'],
  ['MISCONF', 'not-persisting'],
  ['NOREPLICAS', 'no-replicas'],
  ['MASTERDOWN', 'cluster-down'],
  ['CLUSTERDOWN', 'cluster-down'],
  ['TRYAGAIN', 'cluster-down'],
  ['UNBLOCKED', 'disconnected'],
  ['WRONGTYPE', 'wrong-type'],
  ['NOPERM', 'no-permission'],
  ['WRONGPASS', 'bad-credentials'],
  ['NOAUTH', 'bad-credentials'],
  ['CROSSSLOT', 'cross-slot'],
]);

/** At the start, or behind "ERR Error running script (…): " and "@user_script:3: " of servers before 7. */
const FIRST_WORD = /^(?:(?:ERR Error running script .*?)?@user_script: ?\d+: -?)?([A-Z]+)\b/;
/** What a refusal inside a script is called: it has no first word of its own. */
const REFUSED_IN_SCRIPT = /^ERR The user executing the script can't /;

/**
 * Turns an error reply of the server into a condition. Only the first word and a short text of our own survive:
 * error texts of Redis and ioredis may carry passwords, tokens and arguments.
 */
export function fromServerReply(message: string, scriptName: string): StoreError {
  const word = FIRST_WORD.exec(message)?.[1] ?? '';
  const condition = REFUSED_IN_SCRIPT.test(message)
    ? 'no-permission'
    : (BY_FIRST_WORD.get(word) ?? 'unexpected');
  const told = BY_FIRST_WORD.has(word) ? word : withoutArguments(message).slice(0, 120).replace(/\s+/g, ' ');
  return new StoreError(condition, `${told} answered by the server to ${scriptName}`, { ambiguous: false });
}

/** Of a command that it does not know the server repeats the arguments: keys and tokens. */
function withoutArguments(message: string): string {
  return message.split(/, with args\b/, 1)[0] ?? '';
}
