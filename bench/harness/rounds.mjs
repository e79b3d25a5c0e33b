// Gives every contender its turn in every round, each round starting with another one, so that what changes on the
// machine meanwhile hits all of them alike.
import { contenderNamed } from '../contenders/index.mjs';
import { scaleOf } from './scale.mjs';

/**
 * @param {import('../workloads/bench.d.ts').Bench} bench
 * @param {{ asked: import('./command-line.mjs').Asked, fleet: import('./fleet.mjs').Fleet,
 *   admin: import('ioredis').Redis, noise: import('./noise.mjs').NoiseMeter }} ground
 */
export async function runRounds(bench, ground) {
  const scale = scaleOf(bench, ground.asked);
  const { contenders, unsupported } = await lineUp(bench, ground.asked);
  /** @type {Map<string, object[]>} */
  const samples = new Map(contenders.map(({ name }) => [name, []]));
  const running = [...contenders];
  for (let round = 0; round < scale.rounds; round += 1) {
    console.error(`${bench.id}: round ${round + 1} of ${scale.rounds}`);
    for (const contender of rotated(running, round)) {
      const sample = await turn(bench, contender, { ...ground, scale, round });
      if (sample.fault === undefined) {
        samples.get(contender.name)?.push(sample);
        continue;
      }
      console.error(`${bench.id}: ${contender.name}: ${sample.fault}`);
      unsupported.push({
        name: contender.name,
        why: `failed: ${String(sample.fault).split('\n')[0]}`,
        failed: true,
      });
      running.splice(running.indexOf(contender), 1);
      samples.delete(contender.name);
      ground.fleet.dismiss(contender.name);
    }
    ground.noise.listen();
  }
  const { id, title, reference, columns } = bench;
  const rows = contenders
    .filter(({ name }) => samples.has(name))
    .map(({ name, about }) => ({ name, about, samples: samples.get(name) ?? [] }));
  return { id, title, reference, columns, rounds: scale.rounds, rows, unsupported };
}

/** Who takes part, and who cannot and why. */
async function lineUp(bench, { only, quick }) {
  const contenders = [];
  const unsupported = [];
  for (const name of bench.contenders) {
    if (only.length > 0 && !only.includes(name)) continue;
    const { contender, why } = await loaded(name, { needs: bench.needs, quick });
    if (why === undefined) contenders.push(contender);
    else unsupported.push({ name, why });
  }
  return { contenders, unsupported };
}

async function loaded(name, { needs, quick }) {
  try {
    const contender = await contenderNamed(name);
    if (!contender.can.includes(needs)) return { why: contender.cannot?.[needs] ?? 'no such call' };
    return { contender, why: quick ? contender.cannotInQuick?.[needs] : undefined };
  } catch (error) {
    return { why: String(error) };
  }
}

async function turn(bench, contender, { fleet, admin, scale, round }) {
  try {
    if (bench.freshProcesses) fleet.dismiss(contender.name);
    const workers = await fleet.crew(contender.name, bench.processes);
    return await bench.measure({ workers, contender, admin, scale, round });
  } catch (error) {
    return { fault: error?.stack ?? String(error) };
  }
}

function rotated(list, by) {
  const at = list.length === 0 ? 0 : by % list.length;
  return [...list.slice(at), ...list.slice(0, at)];
}
