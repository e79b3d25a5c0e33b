/** The condition table of docs/errors.md, as data. */
import { readFileSync } from 'node:fs';

export interface ErrorRow {
  readonly condition: string;
  /** The error's `condition`; `undefined` when nothing shows. */
  readonly showsAs: string | undefined;
  /** Name of the error's class; `undefined` when there is none. */
  readonly errorClass: string | undefined;
  readonly retried: boolean;
  readonly bound: 'wait' | 'at once';
}

const DOCUMENT = new URL('../../../docs/errors.md', import.meta.url);

export function readErrorTable(): readonly ErrorRow[] {
  const text = readFileSync(DOCUMENT, 'utf8');
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
  if (bound !== 'wait' && bound !== 'at once') throw new Error(`no such bound: ${bound}`);
  if (!['yes', 'no', '-'].includes(retried)) throw new Error(`retried is yes, no or -: ${retried}`);
  return {
    condition,
    showsAs: showsAs.startsWith('nothing') ? undefined : showsAs,
    errorClass: errorClass === 'none' ? undefined : errorClass,
    retried: retried === 'yes',
    bound,
  };
}
