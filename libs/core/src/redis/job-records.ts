/** Reads the scripts that tell about jobs: what is, and what was. */
import type { JobRecord, LogEntry, RunRecord } from '../jobs/job-store.js';
import type { ScriptReply } from './script-host.js';
import { integer, text } from './script-reply.js';

/** Entries of a run in the reply of `job/inspect`. */
const RUN_WIDTH = 12;

export function asJobRecord(reply: ScriptReply): JobRecord {
  const fieldCount = integer(reply[1]);
  const behind = 2 + 2 * fieldCount;
  const runs: RunRecord[] = [];
  for (let at = behind; at < reply.length; at += RUN_WIDTH) runs.push(asRun(reply.slice(at, at + RUN_WIDTH)));
  return { serverMs: integer(reply[0]), fields: pairs(reply.slice(2, behind)), runs };
}

function asRun(part: ScriptReply): RunRecord {
  const [run, endsAt, , fence, attempt, tick, startedAt, who, version, progress, , cancel] = part.map(text);
  return {
    run: run ?? '',
    leaseEndsAt: Number(endsAt),
    fence: Number(fence),
    attempt: Number(attempt),
    scheduledAt: Number(tick),
    startedAt: Number(startedAt),
    who: who ?? '',
    version: version ?? '',
    progress: progress ?? '',
    cancelled: cancel === '1',
  };
}

/** Entries of both logs, the latest first. */
export function asLog(reply: ScriptReply): readonly LogEntry[] {
  const entries: LogEntry[] = [];
  for (let at = 0; at < reply.length;) {
    const end = at + 2 + 2 * integer(reply[at + 1]);
    entries.push({ id: text(reply[at]), fields: pairs(reply.slice(at + 2, end)) });
    at = end;
  }
  return entries.toSorted((one, other) => byId(other.id, one.id));
}

/** An id is the millisecond, a dash and a number. */
function byId(one: string, other: string): number {
  const [ms = 0, count = 0] = one.split('-').map(Number);
  const [otherMs = 0, otherCount = 0] = other.split('-').map(Number);
  return ms - otherMs || count - otherCount;
}

function pairs(flat: ScriptReply): ReadonlyMap<string, string> {
  const found = new Map<string, string>();
  for (let at = 0; at + 1 < flat.length; at += 2) found.set(text(flat[at]), text(flat[at + 1]));
  return found;
}
