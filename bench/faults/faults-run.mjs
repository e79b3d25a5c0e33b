// One run: every library meets every fault in every round. Trials mostly wait, so a few run side by side.
import { readFileSync } from 'node:fs';
import { Redis } from 'ioredis';
import '../harness/cleanup.mjs';
import { machine } from '../harness/machine.mjs';
import { startRedis } from '../harness/redis-server.mjs';
import { writeResults } from '../harness/results-folder.mjs';
import { faultNamed, FAULTS } from './faults/index.mjs';
import { Ledger } from './process/ledger.mjs';
import { writePage } from './report/page.mjs';
import { reportOf } from './report/report.mjs';
import { contest } from './trial/contest.mjs';
import { Lane } from './trial/lane.mjs';
import { undisturbed } from './trial/undisturbed.mjs';
import { userNamed, USERS } from './users/index.mjs';

const LANES = 3;
const ROUNDS = 5;
/** As the manuals of redlock 5 and murlock have it. */
const TTL_MS = 5_000;

/**
 * @typedef {object} Asked
 * @property {string[]} only names of users; empty means all
 * @property {string[]} [faults] ids; empty means all
 * @property {boolean} quick
 * @property {number} [rounds]
 * @property {number} [ttlMs]
 * @property {boolean} [page]
 */

/** @param {Asked} asked @returns {Promise<number>} exit code */
export async function runFaults(asked) {
  const { only, faults: ids = [], quick, page = false } = asked;
  const { rounds = quick ? 1 : ROUNDS, ttlMs = TTL_MS } = asked;
  const users = (await Promise.all(USERS.map(userNamed))).filter(({ name }) => isAsked(only, name));
  const faults = (await Promise.all(FAULTS.map(faultNamed))).filter(({ id }) => isAsked(ids, id));
  if (users.length < (only.length || 1) || faults.length < (ids.length || 1)) {
    console.error(`--only knows ${USERS.join(', ')}; --faults knows the ids of docs/faults-compared.md`);
    return 1;
  }
  const ledgerPort = await startRedis();
  const samples = await all(turns({ users, faults, rounds }), { ledgerPort, ttlMs });
  const versions = Object.fromEntries(users.map(({ name, package: of }) => [name, installed(of)]));
  const { packages, ...ground } = await machine(new Redis(ledgerPort, '127.0.0.1'));
  const clients = { ioredis: packages.ioredis, redis: packages.redis };
  const report = { ...ground, versions, clients, ttlMs, rounds, users, faults, samples };
  const markdown = reportOf(report);
  console.log(markdown);
  writeResults(report, `# Faults of ${report.at}\n\n${markdown}`, 'faults-');
  if (page) writePage(markdown);
  setImmediate(() => process.exit());
  return samples.some(({ broken }) => broken !== undefined) ? 1 : 0;
}

/** All trials, in as many lanes as there are. */
async function all(trials, terms) {
  const ledger = new Ledger(terms.ledgerPort);
  const samples = [];
  const count = trials.length;
  const lanes = Array.from({ length: Math.min(LANES, count) }, async () => {
    const lane = new Lane(terms);
    await lane.open();
    for (let turn = trials.shift(); turn !== undefined; turn = trials.shift()) {
      samples.push(await sampled(turn, { lane, ledger }));
      console.error(`${samples.length} of ${count}: ${line(samples.at(-1))}`);
    }
    lane.close();
  });
  await Promise.all(lanes);
  return samples;
}

const isAsked = (names, name) => names.length === 0 || names.includes(name);

function installed(name) {
  const manifest = new URL(`../node_modules/${name}/package.json`, import.meta.url);
  return JSON.parse(readFileSync(manifest, 'utf8')).version;
}

/** The users take turns, each round starting with another one. */
function turns({ users, faults, rounds }) {
  return Array.from({ length: rounds }, (_, round) =>
    faults.flatMap((fault) =>
      users.map((_user, place) => ({ fault, user: users[(place + round) % users.length], round })),
    ),
  ).flat();
}

async function sampled({ fault, user, round }, where) {
  const about = { fault: fault.id, user: user.name, round };
  const { lane } = where;
  const trial = () =>
    'trial' in fault ? fault.trial(user, lane) : contest(fault, user, { ...where, round });
  try {
    return { ...about, ...(await undisturbed(lane, trial)) };
  } catch (error) {
    return { ...about, broken: String(error?.stack ?? error) };
  }
}

const line = ({ fault, user, round, ...rest }) => `${fault} ${user} ${round + 1} ${JSON.stringify(rest)}`;
