import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';

const HERE = fileURLToPath(new URL('.', import.meta.url));

/** What this repository is compiled with, and what people write in their own tsconfig. */
const OUR_OWN = { kind: 'our own', flags: [] };
const USUAL = {
  kind: 'usual',
  flags: ['--exactOptionalPropertyTypes', 'false', '--noUncheckedIndexedAccess', 'false'],
};

/** Each lives in a package of its own, so that none takes over the `tsc` of the build. The slow ones meet one strictness each. */
const COMPILERS = [
  { version: '5.9', from: join(HERE, 'ts-5.9/package.json'), strictness: [USUAL] },
  { version: '6.0', from: join(HERE, '../../package.json'), strictness: [OUR_OWN] },
  { version: '7.0', from: join(HERE, 'ts-7/package.json'), strictness: [OUR_OWN, USUAL] },
];

const REFUSED = ['refused.test-d.ts', 'refused-jobs.test-d.ts'];

interface CompileError {
  readonly file: string;
  readonly line: number;
  readonly text: string;
}

describe.each(COMPILERS)('on TypeScript $version', ({ version, from, strictness }) => {
  const tsc = join(createRequire(from).resolve('typescript/package.json'), '../bin/tsc');

  it('is really that compiler', async () => {
    expect((await run(tsc, ['--version'])).trim()).toMatch(new RegExp(`^Version ${version}\\.`));
  });

  describe.each(strictness)('with $kind strictness', ({ flags }) => {
    const compiled = once(() => compile(tsc, flags));

    it('accepts every method of accepted.test-d.ts', async () => {
      expect((await compiled()).filter(({ file }) => !REFUSED.includes(file))).toEqual([]);
    });

    it.each(REFUSED)(
      'refuses every method of %s for the reason given there, and no other line',
      async (name) => {
        const wanted = await refusals(name);
        const errors = (await compiled()).filter(({ file }) => file === name);
        expect(errors.map(({ line }) => line)).toEqual(wanted.map(({ line }) => line));
        expect(wanted.length).toBeGreaterThanOrEqual(15);
        for (const { line, why } of wanted) {
          expect(errors.find((error) => error.line === line)?.text).toContain(why);
        }
      },
    );
  });
});

/** The lines after a comment `// refused: why`. */
async function refusals(name: string): Promise<{ line: number; why: string }[]> {
  const lines = (await readFile(join(HERE, name), 'utf8')).split('\n');
  return lines.flatMap((text, index) => {
    const why = /^ *\/\/ refused: ?(.*)$/.exec(text)?.[1];
    return why === undefined ? [] : [{ line: index + 2, why }];
  });
}

async function compile(tsc: string, flags: readonly string[]): Promise<CompileError[]> {
  const output = await run(tsc, ['-p', join(HERE, 'tsconfig.json'), '--pretty', 'false', ...flags]);
  const errors: { file: string; line: number; text: string }[] = [];
  for (const line of output.split('\n')) {
    const start = /^(?:.*[\\/])?([^\\/]+)\((\d+),\d+\): error (.*)$/.exec(line);
    const last = errors.at(-1);
    if (start !== null) errors.push({ file: start[1] ?? '', line: Number(start[2]), text: start[3] ?? '' });
    else if (last !== undefined) last.text += `\n${line}`;
    else if (line.trim() !== '') throw new Error(`tsc said something else: ${output}`);
  }
  return errors;
}

/** What it printed, whether or not it found errors. */
function run(tsc: string, args: readonly string[]): Promise<string> {
  return new Promise((resolve, reject) => {
    execFile(process.execPath, [tsc, ...args], (error, stdout, stderr) => {
      if (error !== null && stdout === '') reject(new Error(stderr, { cause: error }));
      else resolve(stdout);
    });
  });
}

/** One compilation for all tests of its kind. */
function once<T>(make: () => Promise<T>): () => Promise<T> {
  let made: Promise<T> | undefined;
  return () => (made ??= make());
}
