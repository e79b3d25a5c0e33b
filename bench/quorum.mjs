#!/usr/bin/env node
// Turns of one lock on a quorum of three servers, beside a single Redis: `node bench/quorum.mjs [rounds]`, after `npx tsc -b`.
// One process alone, then four that want the same lock. Both have their turns in each round; printed are medians.
import { createHoldfast, quorum } from '../libs/core/dist/index.js';
import { startRedis } from './harness/redis-server.mjs';

const rounds = Number(process.argv[2] ?? 7);
const ROUND_MS = 2_000;

const [single, ...three] = await Promise.all(Array.from({ length: 4 }, () => startRedis()));
const url = (port) => `redis://127.0.0.1:${port}`;
const connections = {
  'one Redis': url(single),
  'a quorum of three': quorum(three.map(url), { longestTtl: '1s' }),
};

/** How many turns a second `holdfasts` have on one lock, one behind the other. */
async function turns(holdfasts) {
  const endsAt = performance.now() + ROUND_MS;
  let taken = 0;
  const work = async ({ locks }) => {
    while (performance.now() < endsAt) {
      await locks.run('job', { wait: 'forever' }, () => {
        taken += 1;
      });
    }
  };
  await Promise.all(holdfasts.map(work));
  return Math.round((taken * 1_000) / ROUND_MS);
}

const median = (values) => values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)];

for (const processes of [1, 4]) {
  const measured = {};
  const groups = {};
  for (const [name, connection] of Object.entries(connections)) {
    const open = () =>
      createHoldfast({ connection, namespace: `n${processes}`, ttl: '1s', preflight: 'off' });
    groups[name] = await Promise.all(Array.from({ length: processes }, open));
    measured[name] = [];
    // Servers that are new have no vote yet.
    await groups[name][0].locks.run('job', { wait: 'forever' }, () => undefined);
    await turns(groups[name]);
  }
  for (let round = 0; round < rounds; round += 1)
    for (const [name, holdfasts] of Object.entries(groups)) measured[name].push(await turns(holdfasts));
  for (const [name, values] of Object.entries(measured))
    console.log(
      `${processes} wanting it, ${name}: ${median(values)} turns/s (${Math.min(...values)} to ${Math.max(...values)})`,
    );
  await Promise.all(
    Object.values(groups)
      .flat()
      .map((holdfast) => holdfast.close(0)),
  );
}
process.exit(0);
