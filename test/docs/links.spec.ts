/** Every link inside the repository leads somewhere, and every file that a page names is there. */
import { readFileSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';
import { describe, expect, it } from 'vitest';
import { anchorsOf, exists, pages, proseOf, root, textOf } from './pages.js';

const all = pages();

describe('links', () => {
  it.each(all)('of %s resolve', (page) => {
    expect(linksOf(page).filter((link) => !resolves(page, link))).toEqual([]);
  });

  it('are told apart from broken ones', () => {
    expect(resolves('README.md', 'docs/keyspace.md#scripts')).toBe(true);
    expect(resolves('README.md', 'docs/keyspace.md#nowhere')).toBe(false);
    expect(resolves('README.md', 'docs/nowhere.md')).toBe(false);
  });

  it('lead from the README to every page of docs', () => {
    const reached = new Set(['README.md']);
    for (const page of reached) {
      const next = linksOf(page).map((link) => targetOf(page, link).file);
      for (const file of next.filter((each) => each.endsWith('.md'))) reached.add(file);
    }
    expect(all.filter((page) => page.startsWith('docs/') && !reached.has(page))).toEqual([]);
  });
});

describe('files that pages name', () => {
  it.each(all)('in %s are there', (page) => {
    const named = [...textOf(page).matchAll(/`((?:libs|apps|lua|test|tools|docs)\/[\w./-]*\w)`/g)];
    const paths = named.map(([, path = '']) => path).filter((path) => !BUILT.test(path));
    expect(paths.filter((path) => !exists(path) && !exists(`${path}.lua`))).toEqual([]);
  });
});

describe('pages', () => {
  it('are 350 lines at most on the first page, and 120 about the architecture', () => {
    expect(lines('README.md')).toBeLessThanOrEqual(350);
    expect(lines('ARCHITECTURE.md')).toBeLessThanOrEqual(120);
  });
});

/** What a build leaves behind is named, too, and need not be there. */
const BUILT = /\/dist\//;

function lines(page: string): number {
  return readFileSync(join(root, page), 'utf8').split('\n').length - 1;
}

function linksOf(page: string): string[] {
  return [...proseOf(page).matchAll(/\]\(([^)\s]+)\)/g)]
    .map(([, link = '']) => link)
    .filter((link) => !/^[a-z]+:/.test(link));
}

function targetOf(page: string, link: string): { file: string; anchor: string | undefined } {
  const [path = '', anchor] = link.split('#');
  return { file: path === '' ? page : normalize(join(dirname(page), path)), anchor };
}

function resolves(page: string, link: string): boolean {
  const { file, anchor } = targetOf(page, link);
  if (!exists(file)) return false;
  return anchor === undefined || anchorsOf(file).has(anchor);
}
