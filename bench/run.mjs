#!/usr/bin/env node
// Measures Holdfast beside plain Redis and its peers. See bench/README.md.
import { readCommandLine } from './harness/command-line.mjs';
import { prepare } from './harness/prepare.mjs';

const asked = readCommandLine(process.argv.slice(2));
prepare();
// Only now, because these files import what `prepare` may just have installed and built.
const { runBench } = await import('./harness/bench-run.mjs');
process.exitCode = await runBench(asked);
