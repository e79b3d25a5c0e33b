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

/**
 * Turns an error reply of the server into a condition. Only the first word and a short text of our own survive:
 * error texts of Redis and ioredis may carry passwords, tokens and arguments.
 */
export function fromServerReply(message: string, scriptName: string): StoreError {
  const inner =
    /(?:^|\s|-)(LOADING|READONLY|OOM|BUSY|MISCONF|NOREPLICAS|MASTERDOWN|CLUSTERDOWN|TRYAGAIN|WRONGTYPE|NOPERM|WRONGPASS|NOAUTH|CROSSSLOT)\b/.exec(
      message,
    );
  const word = inner?.[1];
  const condition = (word === undefined ? undefined : BY_FIRST_WORD.get(word)) ?? 'unexpected';
  const told = word ?? withoutArguments(message).slice(0, 120).replace(/\s+/g, ' ');
  return new StoreError(condition, `${told} answered by the server to ${scriptName}`, { ambiguous: false });
}

/** Of a command that it does not know the server repeats the arguments: keys and tokens. */
function withoutArguments(message: string): string {
  return message.split(/, with args\b/, 1)[0] ?? '';
}
