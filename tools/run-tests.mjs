// `npm test`: everything from a fresh clone to the last line, which is "N passed, N failed" and nothing else.
// Arguments go to vitest. HOLDFAST_COVERAGE=1 also measures coverage, and holds it against its thresholds.
import { existsSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { root, step, stepBeside } from './step.mjs';

const RESULTS = join(root, 'build/test-results.json');
/** Coverage is measured in a run of its own: it costs time, and elsewhere the code runs in other processes or against a clock. */
const RUNS =
  process.env.HOLDFAST_COVERAGE === '1'
    ? [
        { part: 'covered', args: ['--coverage'] },
        { part: 'rest', args: [] },
      ]
    : [{ part: 'all', args: [] }];

function tests() {
  const sum = { passed: 0, failed: 0, skipped: 0 };
  for (const { part, args } of RUNS) {
    process.env.HOLDFAST_PART = part;
    rmSync(RESULTS, { force: true });
    const reporters = ['--reporter=default', '--reporter=json', `--outputFile.json=${RESULTS}`];
    const ok = step('tests', 'vitest', ['run', ...reporters, ...args, ...process.argv.slice(2)]);
    const counted = existsSync(RESULTS)
      ? count(JSON.parse(readFileSync(RESULTS, 'utf8')))
      : { passed: 0, failed: 0, skipped: 0 };
    // Unhandled rejections, a threshold that was missed, no test at all: vitest says no although each test said yes.
    if (!ok && counted.failed === 0) counted.failed = 1;
    for (const what of Object.keys(sum)) sum[what] += counted[what];
  }
  return sum;
}

/** A file that could not even be loaded has no tests to count, so it counts as one that failed. */
function count(results) {
  const unloadable = results.testResults.filter(
    (file) => file.status === 'failed' && file.assertionResults.length === 0,
  );
  return {
    passed: results.numPassedTests,
    failed: results.numFailedTests + unloadable.length,
    skipped: results.numPendingTests + results.numTodoTests,
  };
}

const prepared = await Promise.all([
  stepBeside('programs', 'node', ['tools/ensure-test-programs.mjs']),
  stepBeside('build', 'tsc', ['-b']),
]);
const { passed, failed, skipped } = prepared.every(Boolean) ? tests() : { passed: 0, failed: 1, skipped: 0 };
if (skipped > 0) console.log(`${skipped} skipped`);
console.log(`${passed} passed, ${failed} failed`);
process.exitCode = failed === 0 && passed > 0 ? 0 : 1;
