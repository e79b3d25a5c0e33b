#!/usr/bin/env node
// Does the same faults to Holdfast and to its peers. See bench/README.md and docs/faults-compared.md.
import { readCommandLine } from '../harness/command-line.mjs';
import { prepare } from '../harness/prepare.mjs';

const asked = readCommandLine(process.argv.slice(2), {
  usage: `npm run bench:faults -- [--only=holdfast,redlock-5] [--faults=F02,F05] [--rounds=N] [--quick] [--ttl=MS] [--page]
  --only    these libraries and no others
  --faults  these faults and no others
  --rounds  how often each library meets each fault; 5 without
  --quick   one round
  --ttl     of the locks, in ms; 5000 without
  --page    also writes the results into docs/faults-compared.md`,
  lists: { '--only': 'only', '--faults': 'faults' },
  counts: { '--rounds': 'rounds', '--ttl': 'ttlMs' },
  flags: { '--page': 'page' },
});
prepare();
// Only now, because these files import what `prepare` may just have installed and built.
const { runFaults } = await import('./faults-run.mjs');
process.exitCode = await runFaults(asked);
