/** What the server did is not known when its answer is lost. */
import assert from 'node:assert/strict';
import { CommandLog } from '../../../support/command-log.js';
import { eventually } from '../../../support/eventually.js';
import { isAcquire, isRelease } from '../../../support/lock-keys.js';
import { expiresAt, machineMs } from '../../../support/machine-clock.js';
import { ask, numberIn, take } from '../../../support/taker.js';
import type { PlayedRow, Trial } from '../row.js';
import { givesBack, keptAndHandedOn, passed, setScene, tellsAt, told, works } from '../scene.js';
import { TTL_MS, type Stage } from '../stage.js';

/** Fences of one grant. */
const BLOCK = 16;

/** Loses the reply to the next call that `is` recognizes, and the connection with it. @returns that call */
function loseReply({ proxy }: Stage, is: (args: readonly string[]) => boolean): Promise<readonly string[]> {
  return new Promise((resolve) => {
    const stop = proxy.onRequest(([, ...args], connection) => {
      if (!is(args)) return;
      stop();
      connection.dropReplyNow({ thenCut: true });
      resolve(args);
    });
  });
}

async function acquireReplyLost(trial: Trial) {
  const { stage, name } = trial;
  const holder = await stage.taker('holder');
  const counterBefore = await stage.admin.get(stage.keys(name).fence);
  assert.equal(counterBefore, null);
  const lost = loseReply(stage, isAcquire);
  works(holder, trial);
  await lost;
  const granted = await told(holder, trial, 'granted');
  const counter = Number(await stage.admin.get(stage.keys(name).fence));
  assert.equal(counter, numberIn(granted, 'fence') + BLOCK - 1, 'one block of fences was minted');
  await givesBack(holder, trial);
  return { 'granted after': tellsAt(granted) - numberIn(granted, 'asked') };
}

const ONE_WAY_MS = 20;

/** Held back by the network until nobody wants it any more; then it arrives, with what was sent behind it. */
async function acquireDeliveredLate(trial: Trial) {
  const { stage, name } = trial;
  const { lock } = stage.keys(name);
  const holder = await stage.taker('holder');
  stage.proxy.silence({ direction: 'to-server' });
  works(holder, trial, { wait: 300 });
  const failed = await told(holder, trial, 'failed');
  assert.deepEqual([failed['code'], failed['condition']], ['ERR_LOCK_UNAVAILABLE', 'timeout']);
  const log = await CommandLog.start(stage.server.url);
  stage.proxy.delay(ONE_WAY_MS);
  const changes = async () => (await log.scriptCalls()).filter(({ args }) => args[0] === lock);
  await eventually(async () => (await changes()).some(({ name: call }) => call === 'DEL'), {
    withinMs: 2_000,
  });
  await passed(4 * ONE_WAY_MS);
  assert.equal(await stage.admin.exists(lock), 0, 'no ghost');
  const all = await changes();
  const last = (call: string): number => all.findLast((change) => change.name === call)?.at ?? NaN;
  await log.stop();
  await stage.proxy.heal();
  return { 'ghost stayed': last('DEL') - last('SET') };
}

async function renewalReplyLost(trial: Trial) {
  const scene = await setScene(trial);
  const { stage } = trial;
  const { lock } = stage.keys(trial.name);
  const token = await stage.admin.get(lock);
  await loseReply(stage, (args) => args.includes(lock));
  await passed(1.5 * TTL_MS);
  assert.equal(await stage.admin.get(lock), token, 'one owner');
  await keptAndHandedOn(scene);
  return {};
}

/** Also when the same request arrives once more, after the process took the lock anew. */
async function releaseReplyLost(trial: Trial) {
  const { stage, name } = trial;
  const { lock } = stage.keys(name);
  const holder = await stage.taker('holder');
  works(holder, trial);
  await told(holder, trial, 'granted');
  const sending = loseReply(stage, isRelease);
  const { outcome } = await ask(holder, { do: 'finish', id: name }, { event: 'released', id: name });
  assert.ok(outcome === 'released' || outcome === 'unknown', String(outcome));
  const release = await sending;
  await take(holder, name, { ttl: TTL_MS, wait: 2 * TTL_MS });
  const token = await stage.admin.get(lock);
  assert.ok(token);
  await stage.admin.call('EVALSHA', ...release);
  assert.equal(await stage.admin.get(lock), token, 'the new acquisition survives');
  const { check } = await ask(holder, { do: 'probe', id: name }, { event: 'probe', id: name });
  assert.deepEqual(check, { code: 'ok' });
  assert.equal(
    (await ask(holder, { do: 'release', id: name }, { event: 'released', id: name }))['outcome'],
    'released',
  );
  return { 'said released': outcome === 'released' ? 1 : 0 };
}

async function releasedTooLate(trial: Trial) {
  const { stage, name } = trial;
  const { lock } = stage.keys(name);
  const [holder, contender] = await Promise.all([
    stage.taker('holder', { direct: true }),
    stage.taker('contender', { direct: true }),
  ]);
  stage.standsStill(holder);
  await take(holder, name, { ttl: TTL_MS });
  holder.send({ do: 'freeze', id: name, blind: true });
  holder.send({ do: 'release', id: name });
  await holder.message({ event: 'freezing', id: name });
  const frozenAt = machineMs();
  await take(contender, name, { ttl: 60_000, wait: 5_000 });
  await passed(1.5 * TTL_MS, frozenAt);
  const [token, endsAt] = [await stage.admin.get(lock), await expiresAt(stage.admin, lock)];
  const released = holder.nextMessage({ event: 'released', id: name });
  holder.thaw();
  assert.equal((await released)['outcome'], 'lost');
  assert.equal(await stage.admin.get(lock), token, "the other's key is untouched");
  // The two clocks are read to the millisecond.
  assert.ok((await expiresAt(stage.admin, lock)) >= endsAt - 2, "the other's TTL is untouched");
  const given = await ask(contender, { do: 'release', id: name }, { event: 'released', id: name });
  assert.equal(given['outcome'], 'released');
  return {};
}

export const replyRows: readonly PlayedRow[] = [
  {
    kind: 'played',
    id: 'F10',
    fault: 'acquire: the server executes it, the reply is dropped, RST',
    holds: 'acquired within 1 s; the fence advances exactly once',
    play: acquireReplyLost,
    bounds: { 'granted after': { max: 1_000 } },
  },
  {
    kind: 'played',
    id: 'F11',
    fault: 'acquire abandoned by timeout and delivered later, on a network of 40 ms there and back',
    holds: 'the ghost key is gone within one round trip of its delivery, by compare and delete',
    play: acquireDeliveredLate,
    bounds: { 'ghost stayed': { max: 2 * ONE_WAY_MS } },
  },
  {
    kind: 'played',
    id: 'F12',
    fault: 'the reply to a renewal is dropped',
    holds: 'the lease is kept; one owner',
    play: renewalReplyLost,
  },
  {
    kind: 'played',
    id: 'F13',
    fault:
      'the reply to a release is dropped; the request arrives again after the process took the lock anew',
    holds: 'outcome `released` or `unknown`; the new acquisition survives',
    play: releaseReplyLost,
  },
  {
    kind: 'played',
    id: 'F14',
    fault: 'release after the lease expired, while another holds',
    holds: "the other's key and TTL are untouched; outcome `lost`",
    play: releasedTooLate,
  },
];
