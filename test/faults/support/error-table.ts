/** The condition table of docs/errors.md, as data. */
import { readFileSync } from 'node:fs';
import { limitsOf } from './bounds.js';

export interface ErrorRow {
  readonly condition: string;
  /** The error's `condition`; `undefined` when nothing shows. */
  readonly showsAs: string | undefined;
  /** Name of the error's class; `undefined` when there is none. */
  readonly errorClass: string | undefined;
  readonly retried: boolean;
  /** A word that {@link limitsOf} knows. */
  readonly bound: string;
}

export const errorsDocument = readFileSync(new URL('../../../docs/errors.md', import.meta.url), 'utf8');

/** The rows of the table in `text`. Fails at the first word that a column does not have. */
export function readErrorTable(text = errorsDocument): readonly ErrorRow[] {
  const section = text.slice(text.indexOf('<!-- conditions:'), text.indexOf('<!-- /conditions -->'));
  const lines = section.split('\n').filter((line) => line.startsWith('| '));
  const [head, , ...rows] = lines.map((line) =>
    line
      .split('|')
      .slice(1, -1)
      .map((cell) => cell.trim()),
  );
  const columns = 'condition,how it shows,class,retried,bound';
  if (head?.join(',') !== columns) throw new Error(`the table's columns are not ${columns}`);
  return rows.map(readRow);
}

function readRow(cells: readonly string[]): ErrorRow {
  const [condition = '', showsAs = '', errorClass = '', retried = '', bound = ''] = cells.map((cell) =>
    cell.replaceAll('`', ''),
  );
  limitsOf(bound, 0);
  if (!['yes', 'no', '-'].includes(retried)) throw new Error(`retried is yes, no or -: ${retried}`);
  return {
    condition,
    showsAs: showsAs.startsWith('nothing') ? undefined : showsAs,
    errorClass: errorClass === 'none' ? undefined : errorClass,
    retried: retried === 'yes',
    bound,
  };
}
