// One run: a Redis, the benches that were asked for one after the other, a report.
import { Redis } from 'ioredis';
import { benchesFor, unknownIn } from '../workloads/index.mjs';
import './cleanup.mjs';
import { Fleet } from './fleet.mjs';
import { machine } from './machine.mjs';
import { NoiseMeter } from './noise.mjs';
import { startRedis } from './redis-server.mjs';
import { benchToMarkdown, frameToMarkdown } from './report-markdown.mjs';
import { writeResults } from './results-folder.mjs';
import { runRounds } from './rounds.mjs';

/** @param {import('./command-line.mjs').Asked} asked @returns {Promise<number>} exit code */
export async function runBench(asked) {
  const benches = benchesFor(asked);
  const misspelt = unknownIn(asked);
  if (misspelt.length > 0) {
    console.error(`no workload or contender is called ${misspelt.join(' or ')}`);
    return 1;
  }
  const port = await startRedis();
  const admin = new Redis(port, '127.0.0.1');
  const fleet = new Fleet(port);
  const noise = new NoiseMeter();
  noise.listen();
  const results = [];
  let workload = '';
  for (const bench of benches) {
    if (workloadOf(bench) !== workload) {
      // A workload starts with processes without a past and an empty Redis.
      fleet.dismissAll();
      await admin.flushall();
      workload = workloadOf(bench);
    }
    const startedAt = performance.now();
    const result = await runRounds(bench, { asked, fleet, admin, noise });
    console.error(`${bench.id}: ${((performance.now() - startedAt) / 1_000).toFixed(1)} s`);
    if (result.rows.length + result.unsupported.length === 0) continue;
    results.push(result);
    console.log(`${benchToMarkdown(result)}\n`);
  }
  fleet.dismissAll();
  const report = { ...(await machine(admin)), asked, noise: noise.report(), benches: results };
  const frame = frameToMarkdown(report);
  console.log(frame);
  admin.disconnect();
  writeResults(report, [frame, ...results.map(benchToMarkdown)].join('\n\n'));
  // Redis and what else is running ends with this process.
  setImmediate(() => process.exit());
  return results.some(({ unsupported }) => unsupported.some(({ failed }) => failed)) ? 1 : 0;
}

/** `w2` of `w2b-16`. */
const workloadOf = ({ id }) => id.slice(0, 2);
