/**
 * What a process says about itself, as the store keeps it. Cards are read by processes of other versions: what does not fit
 * is left out, and what is missing has a value that says so.
 */

/** A run that a process has under way. */
export interface RunOnCard {
  readonly job: string;
  readonly run: string;
}

export interface ProcessCard {
  readonly replica: string | undefined;
  readonly host: string | undefined;
  readonly pid: number | undefined;
  /** Of the application. */
  readonly version: string | undefined;
  /** In milliseconds since 1970, by its own clock. */
  readonly startedAt: number | undefined;
  /** Names of the jobs that it runs. */
  readonly jobs: readonly string[];
  readonly running: readonly RunOnCard[];
  /** Elections in which it leads. */
  readonly leads: readonly string[];
}

/** So many jobs, runs and elections a card names. */
const MOST_NAMED = 100;

export function writeCard(card: ProcessCard): string {
  const { jobs, running, leads } = card;
  const [few, fewRuns, fewLeads] = [jobs, running, leads].map((all) => all.slice(0, MOST_NAMED));
  return JSON.stringify({ ...card, jobs: few, running: fewRuns, leads: fewLeads });
}

export function readCard(details: string): ProcessCard {
  const { replica, host, pid, version, startedAt, jobs, running, leads } = parse(details);
  return {
    replica: isText(replica) ? replica : undefined,
    host: isText(host) ? host : undefined,
    pid: isNumber(pid) ? pid : undefined,
    version: isText(version) ? version : undefined,
    startedAt: isNumber(startedAt) ? startedAt : undefined,
    jobs: listOf(jobs, isText),
    running: listOf(running, isRun),
    leads: listOf(leads, isText),
  };
}

type Read = Partial<Record<keyof ProcessCard, unknown>>;

function parse(details: string): Read {
  try {
    const value: unknown = JSON.parse(details);
    return typeof value === 'object' && value !== null ? value : {};
  } catch {
    return {};
  }
}

function listOf<T>(value: unknown, fits: (item: unknown) => item is T): readonly T[] {
  return Array.isArray(value) ? value.filter(fits) : [];
}

function isText(value: unknown): value is string {
  return typeof value === 'string';
}

function isNumber(value: unknown): value is number {
  return typeof value === 'number';
}

function isRun(value: unknown): value is RunOnCard {
  if (typeof value !== 'object' || value === null) return false;
  return 'job' in value && isText(value.job) && 'run' in value && isText(value.run);
}
