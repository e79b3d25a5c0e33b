// Writes docs/keyspace.md from the "@key" lines of lua/: every key that can exist, and who touches it.
// With --check it only compares, and exits 1 when the committed page is stale.
import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { readScripts } from './lua-scripts.mjs';

const at = (path) => fileURLToPath(new URL(`../${path}`, import.meta.url));
const TARGET = 'docs/keyspace.md';

/** How keys are spelled. A script that brings a key which is not here stops the build: somebody must describe it. */
const SPELLING = {
  lock: 'hf1:<namespace>:{<name>[#<key parts>]}:lock',
  fence: 'hf1:<namespace>:{<name>[#<key parts>]}:fence',
  queue: 'hf1:<namespace>:{<name>[#<key parts>]}:queue',
  readers: 'hf1:<namespace>:{<name>[#<key parts>]}:readers',
  preferred: 'hf1:<namespace>:{#leader#<election>}:preferred',
  permits: 'hf1:<namespace>:{#semaphore#<name>[#<key parts>]}:permits',
  holds: 'hf1:<namespace>:{#semaphore#<name>[#<key parts>]}:holds',
  size: 'hf1:<namespace>:{#semaphore#<name>[#<key parts>]}:size',
  limit: 'hf1:<namespace>:{#limiter#<name>[#<key parts>]}:limit:<kind>-<numbers>',
  arrived: 'hf1:<namespace>:{#<latch or barrier>#<name>[#<key parts>]}:arrived',
  passed: 'hf1:<namespace>:{#<latch or barrier>#<name>[#<key parts>]}:passed',
  waiting: 'hf1:<namespace>:{#<latch or barrier>#<name>[#<key parts>]}:waiting',
  outcome: 'hf1:<namespace>:{#once#<name>[#<key parts>]}:outcome',
  counters: 'hf1:<namespace>:{#quota#<name>[#<key parts>]}:counters',
  into: 'hf1:<namespace>:{#quota#<name>[#<other key parts>]}:counters',
  reserved: 'hf1:<namespace>:{#quota#<name>[#<key parts>]}:reserved',
  amounts: 'hf1:<namespace>:{#quota#<name>[#<key parts>]}:amounts',
  settled: 'hf1:<namespace>:{#quota#<name>[#<key parts>]}:settled',
  cards: 'hf1:<namespace>:process:{<namespace>}:cards',
  heard: 'hf1:<namespace>:process:{<namespace>}:heard',
  seat: 'hf1:<namespace>:process:{<namespace>}:seat',
  job: 'hf1:<namespace>:{<job>}:job',
  ticks: 'hf1:<namespace>:{<job>}:ticks',
  running: 'hf1:<namespace>:{<job>}:running',
  runs: 'hf1:<namespace>:{<job>}:runs',
  minted: 'hf1:<namespace>:{<job>}:minted',
  history: 'hf1:<namespace>:{<job>}:history',
  skips: 'hf1:<namespace>:{<job>}:skips',
};

/** How long a key lives. Every key ends by itself. */
const LIFETIME = {
  lock: 'the `ttl` of the lease, renewed while it is held; the rest of `holdAtLeast` after that',
  fence: 'a day after the last grant',
  queue: '5 s after the last poll of a waiter',
  readers: 'with the last lease of a reader',
  preferred: '2 s after the last claim',
  permits: 'with the last lease',
  holds: 'with the last lease, and 5 s after the last call that joined the line at least',
  size: '400 days after it was said, or when it is taken back',
  limit: 'when nothing that was counted matters any more',
  arrived: '`keepFor` after the last part arrived',
  passed: '`keepFor` after all parties have passed',
  waiting: '2.5 s after the last look of who waits',
  outcome: '`remember` after it was done; 10 s where it is shared',
  counters: '`keepFor` after the last change of the account',
  into: '`keepFor` after the last change of the account',
  reserved: '`keepFor` after the last change of the account; a reservation leaves with its end',
  amounts: '`keepFor` after the last change of the account; a reservation leaves with its end',
  settled: '`keepFor` after the last change of the account; an id leaves after `remember`',
  cards: 'a minute after the last process was heard of; a process leaves a minute after that at the latest',
  heard: 'the same',
  seat: 'a month after the last process of the namespace was there; only on the servers of a quorum',
  job: '`history.keepFor` after the last poll of a process that has the job; while it is paused, 400 days after that at least',
  ticks: '`history.keepFor` after the last claim; holds the ticks of the catch-up window',
  running: '`history.keepFor` after the last start, and a minute after the last lease at least',
  runs: '`history.keepFor` after the last start, and a minute after the last lease at least; a run leaves with its end',
  minted: 'a day after the last start',
  history: '`history.keepFor` after the last end; holds `history.keep` runs',
  skips: '`history.keepFor` after the last skip; holds `history.keep` skips',
};

const ORDER = Object.keys(SPELLING);

function collect(scripts) {
  const keys = new Map();
  for (const script of scripts) {
    for (const key of [...script.keys, ...script.eachKeys]) {
      if (SPELLING[key.name] === undefined)
        throw new Error(
          `lua/${script.name}.lua: say in tools/build-keyspace.mjs how "${key.name}" is spelled`,
        );
      const known = keys.get(key.name);
      if (known !== undefined && known.type !== key.type)
        throw new Error(`"${key.name}" is ${known.type} and ${key.type}`);
      // The longest sentence is the one that says most: other scripts only remind of it.
      const meaning =
        known !== undefined && known.meaning.length >= key.meaning.length ? known.meaning : key.meaning;
      keys.set(key.name, { type: key.type, meaning, scripts: [...(known?.scripts ?? []), script.name] });
    }
  }
  return ORDER.filter((name) => keys.has(name)).map((name) => ({ name, ...keys.get(name) }));
}

const code = (text) => `\`${text}\``;

/** What each operation costs: test/performance/operations.spec.ts counts it. */
function commands() {
  const operations = JSON.parse(readFileSync(at('tools/operations.json'), 'utf8'));
  const rows = Object.entries(operations).map(([operation, count]) => `| ${code(operation)} | ${count} |`);
  return `## Commands

What an operation sends when nobody is in the way, counted by a test. Each command is one round trip, executed whole or not at
all.

| operation | commands |
| --- | --- |
${rows.join('\n')}`;
}

function render(keys, scripts) {
  const rows = keys.map((key) =>
    [
      code(SPELLING[key.name]),
      key.type,
      key.meaning.replaceAll('|', '\\|'),
      LIFETIME[key.name],
      key.scripts.map(code).join(', '),
    ].join(' | '),
  );
  return `# Keyspace

Generated from the headers in \`lua/\` by \`tools/build-keyspace.mjs\`; change those and run \`npm run build:scripts\`.

Every key that Holdfast can write, and nothing else. \`hf1\` is the version of the layout. Names, key parts and
namespaces are escaped (\`%\`, \`{\`, \`}\` and \`#\` become \`%25\`, \`%7B\`, \`%7D\` and \`%23\`), so the braces below are the only
ones: all keys of one name share a slot of a cluster, and no name can reach the keys of another.

| key | type | meaning | ends by itself | scripts |
| --- | --- | --- | --- | --- |
${rows.map((row) => `| ${row} |`).join('\n')}

The name of an election is \`#leader#<election>\`, that of a semaphore \`#semaphore#<name>\`, of a limiter
\`#limiter#<name>\`, of a quota \`#quota#<name>\` of what is done once
\`#once#<name>\`, and of latches and barriers \`#latch#<name>\` and \`#barrier#<name>\`, which no lock can have: \`#\` is escaped in names, and none is empty. Elections, semaphores and what is
done once have a fence and a queue, too, and the last one a lock. The numbers of a limit are what it lets pass, so that another limit of the name counts anew.
[Scripts of yours](scripts.md) have keys of your own behind \`{#script#<family>[#<key parts>]}:\`, and give them their expiry.

Channels: each process listens on \`hf1:<namespace>:push:<processId>\`, which is what stands in front of the \`{\` of a key,
\`push:\` and its id. What is said there only saves waiters a poll:
\`granted <token> <fence> <lastsMs> <lock>\`, \`wake <token> 0 0 <lock>\`, \`held <token> 0 <lastsMs> <lock>\`; \`open <waiting>\` for a latch or a barrier.

${commands()}

## Scripts

${scripts.map((script) => `* \`${script.name}\`: ${script.summary} Reply: \`${script.reply}\``).join('\n')}
`;
}

const scripts = readScripts(at('lua'));
const page = render(collect(scripts), scripts);

if (process.argv.includes('--check')) {
  if (readFileSync(at(TARGET), 'utf8') !== page) {
    console.error(`${TARGET} is stale: run npm run build:scripts`);
    process.exit(1);
  }
} else {
  writeFileSync(at(TARGET), page);
}
