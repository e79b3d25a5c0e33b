// `npm run test:simulation`: the engine in a simulated world (test/simulation, docs/simulation.md), seed after seed on the
// cores that there are, and then every planted bug until a seed finds it.
//   --seeds 100000   so many seeds; HOLDFAST_LONG=1 says the same      --from 1   where they begin
//   --seed 17        one seed, with its trace                          --bug blind-del   with this bug, or all: --bugs-only
//   --most 3000      a bug that so many seeds do not find survives
import { fork } from 'node:child_process';
import { availableParallelism } from 'node:os';
import { parseArgs } from 'node:util';
import { plantedBugs } from '../test/simulation/planted-bugs.mjs';
import { bundle } from './simulation-bundle.mjs';

const SEEDS = process.env.HOLDFAST_LONG === '1' ? 100_000 : 5_000;
/** How many seeds a worker is sent at a time. */
const PORTION = 50;
const LINES_SHOWN = 30;
const SEEDS_A_LINE = 1_000;

const { values } = parseArgs({
  options: {
    seeds: { type: 'string', default: String(SEEDS) },
    from: { type: 'string', default: '1' },
    seed: { type: 'string' },
    bug: { type: 'string' },
    most: { type: 'string', default: '3000' },
    'bugs-only': { type: 'boolean', default: false },
  },
});

class Worker {
  #child;
  #told = () => undefined;

  constructor(path) {
    this.#child = fork(path, { execArgv: ['--unhandled-rejections=warn'] });
    this.#child.on('message', (message) => this.#told(message));
    this.#child.on('exit', (code) => this.#told({ kind: 'exit', code }));
  }

  /** Resolves to what came of the seeds. @throws Error when the worker ends */
  run(order) {
    const results = [];
    return new Promise((resolve, reject) => {
      this.#told = (message) => {
        if (message.kind === 'result') results.push(message);
        else if (message.kind === 'done') resolve({ ...message, results });
        else reject(new Error(`a worker ended with ${message.code}`));
      };
      this.#child.send(order);
    });
  }

  end() {
    this.#told = () => undefined;
    this.#child.kill();
  }
}

const workers = availableParallelism();
const sideBySide = (work) => Promise.all(Array.from({ length: workers }, work));
const perSecond = (count, startedAt) => (count / ((performance.now() - startedAt) / 1_000)).toFixed(0);

function tellViolation({ seed, violation, lastLines }, bug) {
  const ofBug = bug === undefined ? '' : ` --bug ${bug.name}`;
  console.log(`\nseed ${seed} broke a rule: ${violation.rule}\n  ${violation.text}\n`);
  console.log(lastLines.slice(-LINES_SHOWN).join('\n'));
  console.log(`\nreplay it: npm run test:simulation -- --seed ${seed}${ofBug}\n`);
}

async function replay(seed, bug) {
  const worker = new Worker(await bundle(bug?.name ?? 'sound', bug));
  const { results } = await worker.run({ from: seed, to: seed + 1, print: true });
  worker.end();
  for (const result of results) {
    if (result.violation !== undefined) tellViolation(result, bug);
    console.log(`seed ${seed}: ${result.events} events, trace ${result.hash}`);
  }
  return results.every(({ violation }) => violation === undefined);
}

/** @returns how many seeds broke a rule */
async function runSeeds(from, count) {
  const path = await bundle('sound');
  const startedAt = performance.now();
  let next = from;
  let violations = 0;
  let done = 0;
  await sideBySide(async () => {
    const worker = new Worker(path);
    while (next < from + count && violations === 0) {
      const order = { from: next, to: Math.min(next + PORTION, from + count) };
      next = order.to;
      const { results } = await worker.run(order);
      for (const result of results) tellViolation(result);
      violations += results.length;
      done += order.to - order.from;
      if (done % SEEDS_A_LINE < PORTION) console.log(`${done} seeds, ${perSecond(done, startedAt)} a second`);
    }
    worker.end();
  });
  console.log(
    `${done} seeds from ${from} on, ${perSecond(done, startedAt)} a second: ${violations} violations`,
  );
  return violations;
}

/** The seed that finds a bug and the rule that it breaks, or nothing. */
async function hunt(bug) {
  const worker = new Worker(await bundle(bug.name, bug));
  const { results } = await worker.run({ from: 1, to: 1 + Number(values.most), untilViolation: true });
  worker.end();
  return results[0];
}

/** @returns how many bugs survived */
async function huntAll(bugs) {
  const startedAt = performance.now();
  const waiting = [...bugs];
  const found = new Map();
  await sideBySide(async () => {
    for (let bug = waiting.shift(); bug !== undefined; bug = waiting.shift()) {
      const result = await hunt(bug);
      found.set(bug, result);
      const how = result === undefined ? 'SURVIVED' : `seed ${result.seed}: ${result.violation.rule}`;
      console.log(`${bug.name.padEnd(36)} ${how}`);
    }
  });
  const survived = bugs.filter((bug) => found.get(bug) === undefined).length;
  const seconds = ((performance.now() - startedAt) / 1_000).toFixed(1);
  console.log(
    `${bugs.length} planted bugs in ${seconds} s: ${bugs.length - survived} found, ${survived} survived`,
  );
  return survived;
}

async function main() {
  const bugs = plantedBugs.filter(({ name }) => values.bug === undefined || name === values.bug);
  if (bugs.length === 0 && values.bug !== undefined) throw new Error(`there is no planted bug ${values.bug}`);
  if (values.seed !== undefined)
    return replay(Number(values.seed), values.bug === undefined ? undefined : bugs[0]);
  const seedsToo = values.bug === undefined && !values['bugs-only'];
  const violations = seedsToo ? await runSeeds(Number(values.from), Number(values.seeds)) : 0;
  return violations === 0 && (await huntAll(bugs)) === 0;
}

process.exitCode = (await main()) ? 0 : 1;
