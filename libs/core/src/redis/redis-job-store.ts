/** Keeps jobs through a script host: encodes what is asked into scripts and decodes their replies into unions. */
import type {
  Candidate,
  ClaimReply,
  FinishReply,
  JobRecord,
  JobStore,
  LogEntry,
  PollReply,
  RunEnd,
  StoredDefinition,
  Tick,
} from '../jobs/job-store.js';
import type { RenewMember, RenewReply, Sent } from '../lease/lease-store.js';
import { asClaim, asFinish, asPoll } from './job-replies.js';
import { asJobRecord, asLog } from './job-records.js';
import type { KeySpace } from './keys.js';
import type { JobKeys } from './named-keys.js';
import { RenewRunsCall } from './renew-runs-call.js';
import { asRenewals } from './renewal-reply.js';
import { runScript, type ScriptInput } from './run-script.js';
import type { Script } from './script.js';
import type { ScriptHost, ScriptReceipt } from './script-host.js';
import { integer, text } from './script-reply.js';
import {
  jobClaimTick,
  jobDefine,
  jobFinish,
  jobHistory,
  jobInspect,
  jobPause,
  jobPoll,
  jobRunNow,
  jobSave,
  jobRenew,
} from './scripts.generated.js';

/** That a job is paused is remembered for so long although no process has it: a job may run once a year. */
const PAUSE_KEPT_MS = 400 * 24 * 60 * 60 * 1_000;

/** One namespace on one host. */
export class RedisJobStore implements JobStore {
  readonly mostRenewals?: number;
  readonly #host: ScriptHost;
  readonly #keys: KeySpace;

  constructor(host: ScriptHost, keys: KeySpace) {
    this.#host = host;
    if (host.oneNameACall === true) this.mostRenewals = 1;
    this.#keys = keys;
  }

  async define(
    job: string,
    { hash, version, text: definition, schedule, policies }: StoredDefinition,
  ): Promise<string> {
    const { reply } = await runScript(this.#host, jobDefine, {
      keys: { job: this.#keys.job(job).job },
      args: { hash, version: version ?? '', definition, schedule, ...policies },
    });
    return text(reply[0]);
  }

  async claim(job: string, claim: { tick: Tick; hash: string; by: Candidate }): Promise<ClaimReply> {
    const { tick, hash, by } = claim;
    const keys = this.#keys.job(job);
    const args = { tick: tick.at, delayMs: tick.delayMs, nextTick: tick.nextAt, hash, ...asArgs(by) };
    return counted(await this.#granting(jobClaimTick, { keys, args }), asClaim);
  }

  async poll(job: string, hash: string, by: Candidate): Promise<PollReply> {
    const keys = withoutTicks(this.#keys.job(job));
    return counted(await this.#granting(jobPoll, { keys, args: { hash, ...asArgs(by) } }), asPoll);
  }

  async finish(job: string, end: RunEnd, next: Candidate): Promise<FinishReply> {
    const keys = withoutTicks(this.#keys.job(job));
    return counted(await this.#granting(jobFinish, { keys, args: { ...end, ...asArgs(next) } }), asFinish);
  }

  async runNow(job: string, by: Candidate): Promise<ClaimReply> {
    const keys = withoutTicks(this.#keys.job(job));
    return counted(await this.#granting(jobRunNow, { keys, args: asArgs(by) }), asClaim);
  }

  async save(
    job: string,
    saved: { run: string; fence: number; what: 'checkpoint' | 'progress'; value: string },
  ): Promise<boolean> {
    const { runs } = this.#keys.job(job);
    const { reply } = await runScript(this.#host, jobSave, { keys: { runs }, args: saved });
    return integer(reply[0]) === 1;
  }

  async renew(members: readonly RenewMember[]): Promise<Sent & { readonly replies: readonly RenewReply[] }> {
    const receipt = await this.#host.run(new RenewRunsCall(members, this.#keys));
    return asRenewals(receipt, members.length, jobRenew.name);
  }

  async setPaused(job: string, paused: boolean): Promise<boolean> {
    const { reply } = await runScript(this.#host, jobPause, {
      keys: { job: this.#keys.job(job).job },
      args: { paused: paused ? 1 : 0, keepMs: PAUSE_KEPT_MS },
    });
    return integer(reply[0]) === 1;
  }

  async inspect(job: string): Promise<JobRecord> {
    const { job: key, running, runs } = this.#keys.job(job);
    const receipt = await runScript(this.#host, jobInspect, { keys: { job: key, running, runs }, args: {} });
    return asJobRecord(receipt.reply);
  }

  async history(job: string, page: { before: string; most: number }): Promise<readonly LogEntry[]> {
    const { history, skips } = this.#keys.job(job);
    const { reply } = await runScript(this.#host, jobHistory, { keys: { history, skips }, args: page });
    return asLog(reply);
  }

  /** Runs a script that may grant a run. */
  #granting<Key extends string, Arg extends string>(
    script: Script<Key, Arg>,
    input: ScriptInput<Key, Arg>,
  ): Promise<ScriptReceipt> {
    return runScript(this.#host, script, { ...input, forReplicas: true });
  }
}

/** @throws StoreError about a run that not enough replicas know of; everything else counts at once */
async function counted<Reply extends ClaimReply | PollReply | FinishReply>(
  receipt: ScriptReceipt,
  read: (receipt: ScriptReceipt) => Reply,
): Promise<Reply> {
  const reply = read(receipt);
  const unreplicated = reply.outcome === 'run' ? await receipt.unreplicated : undefined;
  if (unreplicated !== undefined) throw unreplicated;
  return reply;
}

function asArgs({ token, ttlMs, who, version }: Candidate) {
  return { token, ttlMs, who: who ?? '', version: version ?? '' };
}

function withoutTicks({ ticks: _, ...keys }: JobKeys): Omit<JobKeys, 'ticks'> {
  return keys;
}
