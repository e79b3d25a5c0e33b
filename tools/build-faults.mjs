// Writes docs/faults.md from docs/faults.json, where `npm run test:faults` keeps what came of the fault matrix.
// With --check it only compares, and exits 1 when the committed page is stale.
import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const at = (path) => fileURLToPath(new URL(`../${path}`, import.meta.url));
const TARGET = 'docs/faults.md';

const INTRODUCTION = `# The fault matrix

Generated from \`docs/faults.json\` by \`tools/build-faults.mjs\`. Run \`npm run test:faults\` to make the results anew.

What happens when things break, row by row, with what was measured. Every row is a test in \`test/faults/matrix\`: real
servers on the loopback interface, a TCP proxy that loses what it is told to lose, and processes that are killed and
frozen. One process works under a lock (check, write, and again), another stands in line for it, and then something
happens. The writes go to a _fenced resource_ in another server, which refuses a fence that is lower than the highest it
has seen, and keeps a journal of who wrote when. Times are those that the processes themselves read from the machine's
monotonic clock. The TTL is 1 s.

## What every row must hold

- **A** No stale write is accepted by the fenced resource, and the newest holder is never refused.
- **B**, where the row says so: no write _begins_ after the next holder's grant.
- **C** Every promise settles in time, there is no unhandled rejection, and every process ends by itself with code 0 and
  without a word on its standard error.
- **D** Whoever loses something is told with a typed error and its reason.
- **E** What is left in Redis when all have ended, ends by itself in time.
- The password of the Redis user appears nowhere in what a process says.

## What came of it
`;

const HOW_TO_RUN = `## Run it yourself

\`\`\`sh
npm run test:faults
npm run test:faults -- --rows F01,F05 --runs 20
npm run test:faults -- --rows F44 --long
\`\`\`

The first plays every row 20 times; the everyday check plays each three times, F06 with all its configurations, and F09, F44
and F47 once, the first two of these for 10 s. F47 needs root, for network namespaces, and F25 and F26 need libfaketime; where
these are not given, they say so and are counted as skipped. \`npm run soak -- --for 10m\` is F44 for as long as you like.
`;

const cell = (text) => text.replaceAll('|', '\\|').replaceAll('\n', ' ');
const link = (path) => `[${path}](../${path})`;

function numbersOf({ numbers = {}, size }) {
  const told = Object.entries(numbers).map(
    ([name, { median, p95, max, min }]) => `${name}: ${min} / ${median} / ${p95} / ${max}`,
  );
  return [...(size === undefined ? [] : [size]), ...told].join('; ');
}

function verdictOf(row) {
  switch (row.kind) {
    case 'elsewhere':
      return ['elsewhere', row.heldBy.map(link).join(', ')];
    case 'not built yet':
      return ['not built yet', ''];
    default:
      if (row.skipped !== undefined) return ['skipped', row.skipped];
      if (row.runs === undefined) return ['not run yet', ''];
      return [`**${row.held} of ${row.runs}**, ${row.date}`, numbersOf(row)];
  }
}

function render({ rows, server, node }) {
  const lines = rows.map((row) => [row.id, row.fault, row.holds, ...verdictOf(row)].map(cell).join(' | '));
  const played = rows.filter(({ kind }) => kind === 'played');
  const run = played.filter(({ runs }) => runs !== undefined);
  const counts = [
    `${run.filter(({ held, runs }) => held === runs).length} of ${played.length} rows held in every run`,
    `${run.filter(({ held, runs }) => held < runs).length} did not`,
    `${played.filter(({ skipped }) => skipped !== undefined).length} skipped`,
    `${rows.filter(({ kind }) => kind === 'elsewhere').length} held elsewhere`,
    `${rows.filter(({ kind }) => kind === 'not built yet').length} not built yet`,
  ];
  return `${INTRODUCTION}
${counts.join(', ')}. Redis ${server ?? '?'}, Node ${node ?? '?'}. Numbers are least / median / p95 / most over the runs of a row, in milliseconds
unless they say otherwise. A run is never made again: one that failed is counted as failed. A row's numbers come from runs
that were all made in one go.

| row | fault | must hold, besides | held | numbers |
| --- | --- | --- | --- | --- |
${lines.map((line) => `| ${line} |`).join('\n')}

${HOW_TO_RUN}`;
}

const page = render(JSON.parse(readFileSync(at('docs/faults.json'), 'utf8')));

if (process.argv.includes('--check')) {
  if (readFileSync(at(TARGET), 'utf8') !== page) {
    console.error(`${TARGET} is stale: run node tools/build-faults.mjs`);
    process.exit(1);
  }
} else {
  writeFileSync(at(TARGET), page);
}
