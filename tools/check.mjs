// `npm run check`: everything that is not a test of the code. All parts run, so that one run tells everything.
import { step, stepBeside } from './step.mjs';

/** The native compiler, which the tests of the types bring along: the same types in a quarter of the time. */
const TSC_7 = 'test/types/ts-7/node_modules/typescript/bin/tsc';

/** They work with one processor, so one of each list runs beside one of the other. */
const SIDE_BY_SIDE = [
  [['format', 'prettier', ['--check', '.', '--log-level', 'warn']]],
  [
    ['types of the tests', 'node', [TSC_7, '-p', 'test/tsconfig.json']],
    ['lint', 'node', ['tools/lint.mjs']],
    ['lua', 'node', ['tools/lint-lua.mjs']],
    ['programs of the model', 'node', ['tools/ensure-spin.mjs']],
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
