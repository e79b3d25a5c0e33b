/** Every TypeScript block of every page compiles against the real packages, and those marked `run` do what they say. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import ts from 'typescript';
import { beforeAll, describe, expect, it, vi } from 'vitest';
import { codeBlocks, pages, root, textOf } from './pages.js';
import { compilerOptions, writeBlocks, type WrittenBlock } from './written-blocks.js';

const blocks = writeBlocks();
const runnable = blocks.filter(({ mark }) => mark === 'run');

describe('TypeScript blocks', () => {
  let errors: ReadonlyMap<string, readonly string[]>;
  beforeAll(() => {
    errors = compileErrors(blocks);
  }, 120_000);

  it('are there to be checked, and carry no mark that nobody knows', () => {
    expect(blocks.length).toBeGreaterThan(20);
    expect(blocks.filter(({ mark }) => mark !== '' && mark !== 'run').map(({ place }) => place)).toEqual([]);
  });

  it.each(blocks)('$place compiles', ({ file }) => {
    expect(errors.get(file) ?? []).toEqual([]);
  });

  it('the compiler would have said so', () => {
    const [block] = blocks;
    if (block === undefined) throw new Error('no block at all');
    const wrong = join(root, 'build/docs/wrong.ts');
    ts.sys.writeFile(
      wrong,
      "import { LockService } from '@holdfast/core';\nexport const a: LockService = 1;\n",
    );
    expect(compileErrors([{ ...block, line: 1, file: wrong }]).get(wrong)).toEqual([
      expect.stringContaining('not assignable'),
    ]);
  }, 120_000);
});

describe('blocks marked "run"', () => {
  it.each(runnable)('$place prints what its comments say', async ({ file, code }) => {
    const printed = vi.spyOn(console, 'log').mockImplementation(() => undefined);
    try {
      await import(file);
      expect(printed.mock.calls.map((words) => words.map(String).join(' '))).toEqual(announced(code));
    } finally {
      printed.mockRestore();
    }
  });

  it('are there, on the first page, too', () => {
    expect(runnable.some(({ page }) => page === 'README.md')).toBe(true);
  });
});

describe('other blocks', () => {
  const others = pages().flatMap(codeBlocks);
  const scripts: Record<string, string> = JSON.parse(
    readFileSync(join(root, 'package.json'), 'utf8'),
  ).scripts;

  it('and the text around them name only npm scripts that exist', () => {
    const named = pages().flatMap((page) =>
      [...textOf(page).matchAll(/npm (?:run (?:-s )?([\w:-]+)|(test)\b)/g)].map(([, run, test]) => ({
        page,
        script: run ?? test ?? '',
      })),
    );
    expect(named.length).toBeGreaterThan(10);
    expect(named.filter(({ script }) => scripts[script] === undefined)).toEqual([]);
  });

  it('say on the first screen how to run and how to test', () => {
    const firstScreen = readFileSync(join(root, 'README.md'), 'utf8').split('\n').slice(0, 40);
    expect(firstScreen).toContain('npm ci && npm run demo');
    expect(firstScreen).toContain('npm ci && npm test');
  });

  it('are JSON where they say so', () => {
    const texts = others.filter(({ language }) => language === 'json').map(({ code }) => code);
    expect(() => texts.map((text): unknown => JSON.parse(text))).not.toThrow();
  });
});

/** What `// → text` behind a `console.log(…)` promises. */
function announced(code: string): string[] {
  return [...code.matchAll(/; \/\/ → (.*)$/gm)].map(([, text = '']) => text);
}

/** Messages by file, with the line of the page. */
function compileErrors(written: readonly WrittenBlock[]): Map<string, string[]> {
  const program = ts.createProgram(
    written.map(({ file }) => file),
    compilerOptions,
  );
  const messages = new Map<string, string[]>();
  for (const { file, page, line } of written) {
    const source = program.getSourceFile(file);
    const found = [...program.getSyntacticDiagnostics(source), ...program.getSemanticDiagnostics(source)];
    const lines = found.map(({ messageText, start = 0 }) => {
      const at = line + (source?.getLineAndCharacterOfPosition(start).line ?? 0);
      return `${page}:${at} ${ts.flattenDiagnosticMessageText(messageText, ' ')}`;
    });
    messages.set(file, lines);
  }
  return messages;
}
