// `npm run soak -- --for 10m`: the row F44 of the fault matrix for as long as one likes: three replicas with a job each
// second and loops that want one lock, under random faults. Ends with the numbers, and with code 1 if something did not hold.
import { parseArgs } from 'node:util';
import { step } from './step.mjs';

const { values: options } = parseArgs({ options: { for: { type: 'string', default: '10m' } } });
process.env.HOLDFAST_CHAOS_FOR = options.for;
process.env.HOLDFAST_FAULT_ROWS = 'F44';

const ready = step('redis-server', 'node', ['tools/ensure-redis.mjs']) && step('build', 'tsc', ['-b']);
const held = ready && step('soak', 'vitest', ['run', '--project', 'matrix', '-t', 'F44']);
process.exitCode = held ? 0 : 1;
