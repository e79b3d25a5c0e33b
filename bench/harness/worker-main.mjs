// A child process with one connected contender. It does one job after the other as its parent tells it over IPC.
import { contenderNamed } from '../contenders/index.mjs';

const [name, port, processIndex] = process.argv.slice(2);

// The parent may have been killed; nobody else would end this process.
process.once('disconnect', () => process.exit());

const contender = await contenderNamed(name);
let client;
try {
  client = await contender.connect({ port: Number(port), processIndex: Number(processIndex) });
  process.send?.({ ready: true });
} catch (error) {
  process.send?.({ ready: false, why: String(error?.message ?? error) });
}

process.on('message', (message) => void work(message));

/** Answers in any case. */
async function work({ id, job, params }) {
  try {
    const { default: run } = await import(`../jobs/${job}.mjs`);
    process.send?.({ id, result: await run(client, params) });
  } catch (error) {
    process.send?.({ id, error: String(error?.stack ?? error) });
  }
}
