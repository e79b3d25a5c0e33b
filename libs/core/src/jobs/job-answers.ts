/** What the store tells about jobs, in the words of the public face. */
import type { JobHistoryEntry, JobInspection, RunningJob } from './job-service.js';
import type { JobRecord, LogEntry, RunRecord } from './job-store.js';
import { scheduledAtOf } from './run-id.js';

const COUNT = 'count:';

export function asInspection(name: string, { fields, runs }: JobRecord): JobInspection {
  const waiting = fields.get('waiting') ?? '';
  const counts = [...fields].filter(([field]) => field.startsWith(COUNT));
  return {
    name,
    paused: fields.get('paused') === '1',
    waiting: waiting === '' ? undefined : waiting,
    running: runs.map(asRunning),
    counts: Object.fromEntries(counts.map(([field, count]) => [field.slice(COUNT.length), Number(count)])),
  };
}

export function asEntry({ id, fields }: LogEntry): JobHistoryEntry {
  const at = (field: string): number => Number(fields.get(field) ?? 0);
  const text = (field: string): string => fields.get(field) ?? '';
  const run = text('run');
  const common = { id, run, scheduledAt: scheduledAtOf(run), replica: text('who') };
  const version = text('version');
  const reason = text('reason');
  if (reason === 'overlap' || reason === 'paused' || reason === 'missed')
    return { kind: 'skip', ...common, reason, endedAt: Number.parseInt(id, 10) };
  return {
    kind: 'run',
    ...common,
    outcome: asOutcome(text('outcome')),
    startedAt: at('startedAt'),
    endedAt: at('endedAt'),
    durationMs: at('endedAt') - at('startedAt'),
    fence: at('fence'),
    attempt: at('attempt'),
    version: version === '' ? undefined : version,
    error: text('error'),
    ...asProgress(text('progress')),
  };
}

function asRunning({ run, who, version, progress, ...record }: RunRecord): RunningJob {
  const by = { replica: who, version: version === '' ? undefined : version };
  return { ...record, id: run, ...by, ...asProgress(progress) };
}

/** It is kept as the share, a space, and the note. */
function asProgress(progress: string): { progress: number | undefined; note: string } {
  if (progress === '') return { progress: undefined, note: '' };
  const [share = ''] = progress.split(' ', 1);
  return { progress: Number(share), note: progress.slice(share.length + 1) };
}

function asOutcome(outcome: string): 'ok' | 'failed' | 'lost' | 'cancelled' {
  if (outcome === 'ok' || outcome === 'lost' || outcome === 'cancelled') return outcome;
  return 'failed';
}
