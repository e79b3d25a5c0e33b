// `npm run check`: everything that is not a test of the code. All parts run, so that one run tells everything. Most of them
// have use for one processor only: the two that have use for all begin beside them.
import { step, stepAside } from './step.mjs';

const PARTS = [
  ['format', 'prettier', ['--check', '.', '--log-level', 'warn']],
  ['lint', 'node', ['tools/lint.mjs']],
  ['types of the tests', 'tsc', ['-p', 'test/tsconfig.json']],
  ['arrows', 'depcruise', ['--config', '.dependency-cruiser.cjs', 'libs', 'apps']],
  ['lua', 'node', ['tools/lint-lua.mjs']],
  ['generated files', 'node', ['tools/check-generated.mjs']],
];
const SEARCHES = [
  ['model', 'node', ['tools/test-model.mjs']],
  ['simulation', 'node', ['tools/test-simulation.mjs']],
];

/** One after the other. @returns those that failed */
async function failuresOf(parts) {
  const failed = [];
  for (const [name, command, args] of parts)
    if (!(await stepAside(name, command, args))) failed.push(name);
  return failed;
}

const built = step('build', 'tsc', ['-b']) ? [] : ['build'];
const failed = [...built, ...(await Promise.all([PARTS, SEARCHES].map(failuresOf))).flat()];
console.log(failed.length === 0 ? '\nall checks passed' : `\nfailed: ${failed.join(', ')}`);
process.exitCode = failed.length === 0 ? 0 : 1;
