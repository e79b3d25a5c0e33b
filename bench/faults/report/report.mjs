// The report: a table for each question, a row for each fault, a column for each library.
import {
  callsCell,
  crowdCells,
  endedCell,
  grantedCell,
  heardCell,
  keptCell,
  releaseCell,
  staleCell,
  voidCell,
} from './cells.mjs';

/** As markdown, for a page with a title. @param {object} report */
export function reportOf(report) {
  const { users, samples, rounds } = report;
  const faults = report.faults.map((fault) => ({ ...fault, kind: kindOf(fault) }));
  const sound = samples.filter(({ broken, isDisturbed }) => broken === undefined && !isDisturbed);
  const of = (fault, user) =>
    sound.filter((sample) => sample.user === user.name && (fault === undefined || sample.fault === fault.id));
  const rows = (kinds, cell) =>
    faults
      .filter(({ kind }) => kinds.includes(kind))
      .map((fault) => [
        `${fault.id} ${fault.title}`,
        ...users.map((user) => cellOf(of(fault, user), { cell, rounds })),
      ]);
  const all = (label, cell) => [label, ...users.map((user) => cell(contested(of(undefined, user))))];
  const crowd = faults.filter(({ kind }) => kind === 'crowd');
  const tables = {
    'Stale writes': rows(['taken'], staleCell),
    'Told, ms after the other was granted': rows(['taken'], heardCell),
    'Granted to the next, ms after the fault': rows(['taken', 'killed', 'lost-reply'], grantedCell),
    'Short faults': rows(['kept'], keptCell),
    'A late release': rows(['release'], releaseCell),
    'Calls and processes': [
      all('Calls that did not come back', callsCell),
      all('Processes that ended by themselves', endedCell),
      all('Granted, and told at once that it is lost', voidCell),
    ],
    Waiters: crowd.flatMap((fault) =>
      Object.entries(crowdCells).map(([label, cell]) => [
        `${fault.id} ${label}`,
        ...users.map((user) => cellOf(of(fault, user), { cell, rounds })),
      ]),
    ),
  };
  const parts = Object.entries(tables)
    .filter(([, lines]) => lines.length > 0)
    .map(([title, lines]) => `### ${title}\n\n${table(['Fault', ...users.map(({ name }) => name)], lines)}`);
  return [frameOf(report), ...parts, ...brokenOf(samples)].join('\n\n');
}

const contested = (samples) => samples.filter(({ stale }) => stale !== undefined);

/** Says so when trials are missing. */
function cellOf(samples, { cell, rounds }) {
  const count = samples.length;
  if (count === 0) return 'not measured';
  return count === rounds ? cell(samples) : `${cell(samples)} [${count} of ${rounds}]`;
}

/** Which tables a fault belongs to. */
function kindOf(fault) {
  if ('trial' in fault) return 'crowd';
  if (fault.look !== undefined) return 'release';
  if (fault.beforeGrant) return 'lost-reply';
  if (fault.endsHolder) return 'killed';
  return fault.expects;
}

function table(head, lines) {
  const line = (cells) => `| ${cells.join(' | ')} |`;
  return [line(head), line(head.map((_, place) => (place === 0 ? '---' : '--:'))), ...lines.map(line)].join(
    '\n',
  );
}

function frameOf({ at, node, redis, cores, processor, ttlMs, rounds, clients, versions, users, samples }) {
  const again = samples.reduce((sum, { attempts = 1 }) => sum + attempts - 1, 0);
  const disturbed = samples.filter(({ isDisturbed }) => isDisturbed).length;
  return [
    `${at.slice(0, 10)}: Node ${node}, Redis ${redis} on loopback, ${cores} cores, ${processor}; ttl ${ttlMs} ms, ${rounds} rounds.`,
    '',
    `Packages: ${users.map(({ name }) => `${name} ${versions[name]}`).join(', ')}; ioredis ${clients.ioredis}, redis ${clients.redis}.`,
    '',
    `${samples.length} trials; ${again} were done again because the machine stood still, disturbed every time, and left out: ${disturbed}.`,
  ].join('\n');
}

function brokenOf(samples) {
  return samples
    .filter(({ broken }) => broken !== undefined)
    .map(({ fault, user, round, broken }) => `${fault} ${user} round ${round + 1}: ${broken.split('\n')[0]}`);
}
