/** How faults of options are worded: the option, the value it has, the rule it breaks. */

const RETURNS: readonly unknown[] = [undefined, 'promise', 'observable', 'async-iterable'];

/** A value as a message shows it. */
export function shown(value: unknown): string {
  return typeof value === 'string' ? JSON.stringify(value) : String(value);
}

/** Options that nobody reads, and would be missed. `within` is the option that they are part of. */
export function unknownOptions(given: object, known: Iterable<string>, within?: string): string[] {
  const names = [...known];
  const unknown = Object.keys(given).filter((option) => !names.includes(option));
  const prefix = within === undefined ? '' : `${within}.`;
  const are = names.length === 1 ? 'is' : 'are';
  return unknown.map((option) => `${prefix}${option}: unknown option; there ${are} ${names.join(', ')}`);
}

/** What is wrong with the name of an instance, of the module or of a decorator. */
export function instanceFaults(instance: unknown): string[] {
  if (instance === undefined || (typeof instance === 'string' && instance !== '')) return [];
  return [`instance: ${shown(instance)} must be a name; leave it out for the unnamed instance`];
}

/** What is wrong with what a decorator is told that the method returns. */
export function returnsFaults(returns: unknown): string[] {
  if (RETURNS.includes(returns)) return [];
  return [`returns: ${shown(returns)} must be 'promise', 'observable' or 'async-iterable'`];
}
