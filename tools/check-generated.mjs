// Every committed file that a tool writes is what the tool would write now. Needs a build.
import { step } from './step.mjs';

const GENERATORS = ['build-scripts.mjs', 'build-keyspace.mjs', 'build-api.mjs', 'build-faults.mjs'];

const stale = GENERATORS.filter((tool) => !step(tool, 'node', [`tools/${tool}`, '--check']));
process.exitCode = stale.length === 0 ? 0 : 1;
