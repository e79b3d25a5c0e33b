// `npm run check`: everything that is not a test of the code. All parts run, so that one run tells everything.
import { step } from './step.mjs';

const PARTS = [
  ['build', 'tsc', ['-b']],
  ['format', 'prettier', ['--check', '.', '--log-level', 'warn']],
  ['lint', 'node', ['tools/lint.mjs']],
  ['types of the tests', 'tsc', ['-p', 'test/tsconfig.json']],
  ['arrows', 'depcruise', ['--config', '.dependency-cruiser.cjs', 'libs', 'apps']],
  ['lua', 'node', ['tools/lint-lua.mjs']],
  ['model', 'node', ['tools/test-model.mjs']],
  ['simulation', 'node', ['tools/test-simulation.mjs']],
];

const failed = PARTS.filter(([name, command, args]) => !step(name, command, args)).map(([name]) => name);
console.log(failed.length === 0 ? '\nall checks passed' : `\nfailed: ${failed.join(', ')}`);
process.exitCode = failed.length === 0 ? 0 : 1;
