import { StoreError } from '../lease/store-error.js';

/**
 * Too few servers answered, or may vote. Where so many refuse for good that trying again cannot help, what the first of
 * them said is the error.
 * @param answers what they said; what is no error is left out
 */
export function noQuorum(servers: number, answers: readonly unknown[]): StoreError {
  const errors = answers.filter((answer) => answer instanceof StoreError);
  const permanent = errors.filter((error) => error.permanent);
  const [first] = permanent;
  if (first !== undefined && permanent.length > (servers - 1) / 2) return first;
  const conditions = [...new Set(errors.map(({ condition }) => condition))].join(', ');
  const why = conditions === '' ? 'no answer in time, or no vote yet' : conditions;
  // What a server did not answer it may have done all the same.
  const ambiguous = errors.length < servers || errors.some((error) => error.ambiguous);
  return new StoreError('no-quorum', `No majority of ${servers} servers: ${why}`, { ambiguous });
}
