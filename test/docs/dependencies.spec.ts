/** docs/dependencies.md says of every dependency why it is there, and of none that is not. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { exists, root, textOf } from './pages.js';

interface Manifest {
  readonly workspaces?: readonly string[];
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly devDependencies?: Readonly<Record<string, string>>;
  readonly peerDependencies?: Readonly<Record<string, string>>;
}

const manifestOf = (folder: string): Manifest =>
  JSON.parse(readFileSync(join(root, folder, 'package.json'), 'utf8'));

const folders = [
  '.',
  'libs/core',
  'libs/nest',
  'libs/embedded',
  'libs/testing',
  'apps/demo',
  'apps/lock-taker',
  'test/nest-11',
  'test/types/ts-5.9',
  'test/types/ts-7',
];

describe('docs/dependencies.md', () => {
  const used = new Set(
    folders.filter(exists).flatMap((folder) => {
      const { dependencies, devDependencies, peerDependencies } = manifestOf(folder);
      return Object.keys({ ...dependencies, ...devDependencies, ...peerDependencies });
    }),
  );
  const others = [...used].filter((name) => !name.startsWith('@holdfast/'));
  const told = [...textOf('docs/dependencies.md').matchAll(/^\| (`.*?) +\|/gm)].flatMap(([, cell = '']) =>
    [...cell.matchAll(/`([^`]+)`/g)].map(([, name = '']) => name),
  );

  it('has a row for each', () => {
    expect(others.length).toBeGreaterThan(15);
    expect(others.filter((name) => !told.includes(name))).toEqual([]);
  });

  it('has no row for what nobody depends on', () => {
    expect(told.filter((name) => !used.has(name) && !NOT_FROM_NPM.has(name))).toEqual([]);
  });

  it('gives each the licence that it has', () => {
    const page = textOf('docs/dependencies.md');
    const wrong = others.filter((name) => {
      const licence: unknown = JSON.parse(
        readFileSync(join(root, 'node_modules', name, 'package.json'), 'utf8'),
      ).license;
      const row = page.split('\n').find((line) => line.startsWith('|') && line.includes(`\`${name}\``));
      return row === undefined || !row.includes(`| ${String(licence)} `);
    });
    expect(wrong).toEqual([]);
  });
});

/** Programs that the tests and checks look for on PATH. */
const NOT_FROM_NPM = new Set(['redis-server', 'luacheck', 'faketime', 'nftables', 'spin', 'gcc']);
