/** docs/faults-compared.md is about the libraries and the faults that `npm run bench:faults` knows, all of them. */
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { describe, expect, it } from 'vitest';
import { root, sectionsOf, textOf } from './pages.js';

interface Fault {
  readonly id: string;
  readonly title: string;
}

const PAGE = 'docs/faults-compared.md';
const load = (path: string) => import(pathToFileURL(join(root, 'bench/faults', path)).href);

const { USERS }: { USERS: readonly string[] } = await load('users/index.mjs');
const { FAULTS }: { FAULTS: readonly string[] } = await load('faults/index.mjs');
const faults: Fault[] = await Promise.all(
  FAULTS.map(async (name) => {
    const { default: fault }: { default: Fault } = await load(`faults/${name}.mjs`);
    return fault;
  }),
);

/** The cells of a table, row by row, its head first and without the line below it. */
function tableOf(section: string): string[][] {
  const lines = section.split('\n').filter((line) => line.startsWith('|') && !line.startsWith('| -'));
  return lines.map((line) =>
    line
      .split(/(?<!\\)\|/)
      .slice(1, -1)
      .map((cell) => cell.trim()),
  );
}

const results = [...sectionsOf(PAGE, 3)].map(([title, section]) => [title, tableOf(section)] as const);
const measured = results.filter(([, table]) => table[0]?.[0] === 'Fault');

describe(PAGE, () => {
  it('has its results in several tables', () => {
    expect(measured.length).toBeGreaterThanOrEqual(5);
  });

  it.each(measured)('has a column for each library, and no other: %s', (_, [head = []]) => {
    expect(head.slice(1)).toEqual(USERS);
  });

  it.each(measured)('leaves no cell empty: %s', (_, [, ...rows]) => {
    expect(rows.length).toBeGreaterThan(0);
    for (const row of rows) {
      expect(row.length, row[0]).toBe(USERS.length + 1);
      expect(
        row.filter((cell) => cell === ''),
        row[0],
      ).toEqual([]);
    }
  });

  it('has results of each fault, and of no other', () => {
    const labels = measured.flatMap(([, [, ...rows]]) => rows.map(([label = '']) => label));
    const told = new Set(labels.flatMap((label) => /^[A-Z]\d\d\b/.exec(label)?.[0] ?? []));
    expect([...told].toSorted()).toEqual(faults.map(({ id }) => id).toSorted());
  });

  it('says what is done in each fault, in the words of the report', () => {
    const text = textOf(PAGE);
    const titled = faults.filter(({ id }) => id !== 'W20').map(({ id, title }) => `| ${id} ${title} `);
    expect(titled.filter((row) => !text.includes(row))).toEqual([]);
  });

  it('says of each library how it is used and what it promises', () => {
    const [, ...rows] = tableOf(sectionsOf(PAGE, 2).get('Who takes part') ?? '');
    expect(rows.map(([name = '']) => name.replaceAll('`', ''))).toEqual(USERS);
  });
});
