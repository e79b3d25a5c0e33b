// One run: a Redis, the benches that were asked for one after the other, a report.
import { Redis } from 'ioredis';
import { benchesFor } from '../workloads/index.mjs';
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
  const benches = await benchesFor(asked);
  if (benches.length === 0) {
    console.error(`no workload is called ${asked.workloads.join(' or ')}`);
    return 1;
  }
  const port = await startRedis();
  const admin = new Redis(port, '127.0.0.1');
  const fleet = new Fleet(port);
  const noise = new NoiseMeter();
  noise.listen();
  const results = [];
  for (const bench of benches) {
    // A bench starts with processes without a past and an empty Redis.
    fleet.dismissAll();
    await admin.flushall();
    const result = await runRounds(bench, { asked, fleet, admin, noise });
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
  return results.some(({ rows }) => rows.length === 0) ? 1 : 0;
}
