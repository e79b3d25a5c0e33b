// `npm run test:model`: searches the model of the lease protocol (test/model) for every row of rows.mjs, side by side on
// the cores that there are, and prints what came of it. Words behind it choose the rows whose text has them.
import { execFile } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { rows } from '../test/model/rows.mjs';
import { verdictOf } from './model-verdict.mjs';
import { root } from './step.mjs';
import './ensure-spin.mjs';

const MODEL = join(root, 'test/model/lease.pml');
/** Every state is kept whole; -DSAFETY leaves out what assertions do not need. */
const COMPILER_FLAGS = ['-O1', '-DSAFETY', '-DNOCLAIM', '-DMEMLIM=2000', '-o', 'pan', 'pan.c'];
const SEARCH_FLAGS = ['-m500000', '-w22'];
const LONGEST_MS = 300_000;
const STEPS_SHOWN = 40;

const execute = promisify(execFile);
const run = (cwd, program, args) =>
  execute(program, args, { cwd, timeout: LONGEST_MS, maxBuffer: 64 * 1024 * 1024 });

async function search(row) {
  const folder = await mkdtemp(join(tmpdir(), 'holdfast-model-'));
  const startedAt = performance.now();
  try {
    await run(folder, 'spin', ['-a', ...row.flags, MODEL]);
    await run(folder, 'gcc', COMPILER_FLAGS);
    const { stdout } = await run(folder, './pan', SEARCH_FLAGS);
    const found = verdictOf(stdout);
    const asExpected = found.verdict === row.expected;
    const unexpected = found.verdict.startsWith('violated') && !asExpected;
    const trail = unexpected ? await lastStepsOf(folder, row) : '';
    return { ...row, ...found, asExpected, trail, seconds: (performance.now() - startedAt) / 1_000 };
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    return { ...row, verdict: 'no verdict', why, asExpected: false, states: 0, depth: 0, seconds: 0 };
  } finally {
    await rm(folder, { recursive: true });
  }
}

/** How it came to what nobody expected: the end of the run that was found. */
async function lastStepsOf(folder, { flags }) {
  const { stdout } = await run(folder, 'spin', ['-k', 'lease.pml.trail', '-p', ...flags, MODEL]);
  const steps = stdout.split('\n').filter((line) => /\(state \d+\)\s+\[/.test(line));
  return steps
    .slice(-STEPS_SHOWN)
    .map((line) => line.replace(join(root, 'test/model/'), ''))
    .join('\n');
}

/** Searches of what holds take longest: they begin first, so that no core is idle at the end. */
async function searchAll(chosen) {
  const results = new Map();
  const waiting = chosen.toSorted((a, b) => Number(b.expected === 'holds') - Number(a.expected === 'holds'));
  const worker = async () => {
    for (let row = waiting.shift(); row !== undefined; row = waiting.shift()) {
      results.set(row, await search(row));
    }
  };
  await Promise.all(Array.from({ length: availableParallelism() }, worker));
  return chosen.map((row) => results.get(row));
}

function print(results) {
  const table = [
    ['question', 'rule', 'is', 'expected', 'got', 'states', 'depth', 'seconds'],
    ...results.map((row) => [
      row.question,
      row.rule,
      row.isOn ? 'on' : 'off',
      row.expected,
      row.verdict,
      String(row.states),
      String(row.depth),
      row.seconds.toFixed(1),
    ]),
  ];
  const widths = table[0].map((_, column) => Math.max(...table.map((cells) => cells[column].length)));
  for (const cells of table) {
    console.log(
      cells
        .map((cell, column) => cell.padEnd(widths[column]))
        .join('  ')
        .trimEnd(),
    );
  }
  for (const { question, rule, why, trail } of results.filter((row) => !row.asExpected)) {
    console.log(`\nnot as expected: ${question}; ${rule}\n${[why, trail].filter(Boolean).join('\n')}`);
  }
}

const words = process.argv.slice(2);
const chosen = rows.filter((row) => words.every((word) => `${row.question} ${row.rule}`.includes(word)));
const results = await searchAll(chosen);
print(results);
const passed = results.filter((row) => row.asExpected).length;
const failed = results.length - passed;
console.log(`\n${passed} passed, ${failed} failed`);
process.exitCode = failed === 0 && passed > 0 ? 0 : 1;
