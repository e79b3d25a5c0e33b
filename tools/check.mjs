// `npm run check`: everything that is not a test of the code. All parts run, so that one run tells everything.
import { step, stepBeside } from './step.mjs';

/** They work with one processor, so one of each list runs beside one of the other. */
const SIDE_BY_SIDE = [
  [['format', 'prettier', ['--check', '.', '--log-level', 'warn']]],
  [
    ['types of the tests', 'npm', ['run', '--silent', 'types']],
    ['lint', 'node', ['tools/lint.mjs']],
    ['lua', 'node', ['tools/lint-lua.mjs']],
  ],
];
/** They use all processors. */
const ALONE = [
  ['model', 'node', ['tools/test-model.mjs']],
  ['simulation', 'node', ['tools/test-simulation.mjs']],
];

const failed = [];
const unless = (ok, name) => ok || failed.push(name);

unless(step('build', 'tsc', ['-b']), 'build');
await Promise.all(
  SIDE_BY_SIDE.map(async (parts) => {
    for (const [name, command, args] of parts) unless(await stepBeside(name, command, args), name);
  }),
);
for (const [name, command, args] of ALONE) unless(step(name, command, args), name);

console.log(failed.length === 0 ? '\nall checks passed' : `\nfailed: ${failed.join(', ')}`);
process.exitCode = failed.length === 0 ? 0 : 1;
