/** Sizes and names, which no compiler looks at. */
import { readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { filesBelow, root } from './repository.js';

const files = ['libs', 'apps', 'test', 'tools', 'lua'].flatMap(filesBelow);
const sources = files.filter((file) => /\.(ts|mjs)$/.test(file) && !file.endsWith('.generated.ts'));
const specs = sources.filter((file) => file.endsWith('.spec.ts'));
const product = sources.filter((file) => /^libs\/[^/]+\/src\//.test(file) && !specs.includes(file));

const read = (file: string): string => readFileSync(join(root, file), 'utf8');
const lines = (file: string): number => read(file).trimEnd().split('\n').length;

/** What `find` says about each file that it has something to say about. */
const findings = (
  among: readonly string[],
  find: (text: string, file: string) => readonly string[],
): string[] => among.flatMap((file) => find(read(file), file).map((what) => `${file}: ${what}`));

const all = (text: string, pattern: RegExp): string[] => [...text.matchAll(pattern)].map((match) => match[0]);

describe('files', () => {
  it('hold nothing that a merge left, nor what a formatter made of it', () => {
    const pages = ['README.md', 'CHANGELOG.md', 'ARCHITECTURE.md', 'CONTRIBUTING.md', 'SECURITY.md'];
    const among = [...files, ...filesBelow('docs'), ...filesBelow('bench'), ...pages];
    const left = /^(?:\W*<{7} .*|\W*>{7} .*|(?:> ){5,}.*|\|? ?={7}(?:\s.*)?)$/gm;
    expect(findings(among, (text) => all(text, left))).toEqual([]);
  });

  it('of words: the glossary has each of them once, in the order of the alphabet', () => {
    const rows = all(read('docs/glossary.md'), /^\| [^|]+/gm).map((row) => row.slice(2).trim().toLowerCase());
    const words = rows.filter((word) => word !== 'word' && !/^-+$/.test(word));
    expect(words.length).toBeGreaterThan(80);
    expect(words).toEqual([...new Set(words)].toSorted());
  });

  it.each([
    ['TypeScript', 200, sources.filter((file) => !specs.includes(file))],
    ['specs', 300, specs],
    ['Lua', 60, files.filter((file) => file.endsWith('.lua'))],
    ['Promela', 100, files.filter((file) => file.endsWith('.pml'))],
  ])('%s: at most %i lines', (_, most, among) => {
    expect(among.length).toBeGreaterThan(9);
    expect(among.filter((file) => lines(file) > most).map((file) => `${file} has ${lines(file)}`)).toEqual(
      [],
    );
  });

  it('are named after what is inside, in kebab-case', () => {
    const vague = /(^|[-.])(utils?|helpers?|common|misc|shared|manager|base)([-.]|$)/;
    const kebab = /^[a-z0-9]+(-[a-z0-9]+)*(\.[a-z0-9-]+)*$/;
    const names = product.map((file) => [file, basename(file)] as const);
    expect(names.filter(([, name]) => vague.test(name) || !kebab.test(name)).map(([file]) => file)).toEqual(
      [],
    );
  });
});

describe('code', () => {
  it('has its sizes checked by the linter', () => {
    const { rules } = JSON.parse(read('.oxlintrc.json'));
    expect(rules).toMatchObject({
      'max-lines': ['error', { max: 200 }],
      'max-lines-per-function': ['error', { max: 40 }],
      'max-params': ['error', { max: 3 }],
    });
  });

  it('leaves no test out and runs none alone', () => {
    const bent = /\b(it|test|describe)\.(only|skip|todo|fails)\b/g;
    expect(findings(specs, (text) => all(text, bent))).toEqual([]);
  });

  it('has no any, no "!" behind a value and no silenced compiler', () => {
    const silenced = /(:\s*any\b|\bas any\b|@ts-(ignore|nocheck)|\b\w+!\.|\)!\.)/g;
    expect(
      findings(product, (text) =>
        all(text.replace(/\/\*[\s\S]*?\*\/|\/\/.*|'[^'\n]*'|`[^`]*`/g, ''), silenced),
      ),
    ).toEqual([]);
  });

  it('names durations without a unit where callers write them, and with Ms everywhere else', () => {
    const durationWithUnit = /\b\w+(Ms|Seconds|Minutes)\??: Duration\b/g;
    const numberWithoutUnit =
      /\b\w*([tT]tl|[wW]ait|[tT]imeout|[gG]race|[dD]elay|[iI]nterval|[rR]etryAfter)\??: number\b/g;
    expect(
      findings(product, (text) => [...all(text, durationWithUnit), ...all(text, numberWithoutUnit)]),
    ).toEqual([]);
  });

  it('has interfaces without an I in front', () => {
    expect(findings(product, (text) => all(text, /\binterface I[A-Z]\w*/g))).toEqual([]);
  });
});
