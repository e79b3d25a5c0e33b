// `npm run test:faults`: plays rows of the fault matrix many times, and writes what came of it into docs/faults.json and
// docs/faults.md. Only rows whose runs were all made now are written; the others keep what they had.
//
//   --rows F01,F05    only these           --runs 20    how often each           --long    whole sizes, such as 30 minutes
import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { root, step } from './step.mjs';

const RESULTS = join(root, 'docs/faults.json');
const { values: options } = parseArgs({
  options: { rows: { type: 'string' }, runs: { type: 'string', default: '20' }, long: { type: 'boolean' } },
});

const folder = mkdtempSync(join(tmpdir(), 'holdfast-faults-'));
const read = (path) => JSON.parse(readFileSync(path, 'utf8'));

function play() {
  if (options.rows !== undefined) process.env.HOLDFAST_FAULT_ROWS = options.rows;
  if (options.long === true) process.env.HOLDFAST_LONG = '1';
  process.env.HOLDFAST_FAULT_RUNS = options.runs;
  process.env.HOLDFAST_FAULT_RESULTS = folder;
  // What the rows say of themselves first: rows that are through are kept also when somebody ends the rest.
  return ['table', 'matrix'].every((spec) =>
    step(spec, 'vitest', ['run', '--project', 'matrix', `test/faults/matrix/${spec}.spec.ts`]),
  );
}

/** The catalogue is what the tests say now; what a row measured stays until it is measured anew. */
function merge() {
  const before = existsSync(RESULTS) ? read(RESULTS) : { rows: [] };
  const catalogue = read(join(folder, 'catalogue.json'));
  const results = new Map(
    readdirSync(folder)
      .filter((file) => file.startsWith('F'))
      .map((file) => [file.slice(0, -'.json'.length), read(join(folder, file))]),
  );
  const date = new Date().toISOString().slice(0, 10);
  const rows = catalogue.map((row) => {
    const now = results.get(row.id);
    if (now !== undefined) return { ...row, ...now, date };
    return { ...before.rows.find(({ id, kind }) => id === row.id && kind === row.kind), ...row };
  });
  const [, server] =
    /v=([\d.]+)/.exec(execFileSync('redis-server', ['--version'], { encoding: 'utf8' })) ?? [];
  writeFileSync(RESULTS, `${JSON.stringify({ server, node: process.versions.node, rows }, undefined, 2)}\n`);
}

const ready = step('programs', 'node', ['tools/ensure-test-programs.mjs']) && step('build', 'tsc', ['-b']);
const held = ready && play();
if (existsSync(join(folder, 'catalogue.json'))) {
  merge();
  step('docs/faults.md', 'node', ['tools/build-faults.mjs']);
}
rmSync(folder, { recursive: true });
process.exitCode = held ? 0 : 1;
