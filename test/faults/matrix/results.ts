/** What came of the trials of a row, and its numbers held against their bounds. */
import type { Bound, Numbers, PlayedRow } from './row.js';

export interface Summary {
  readonly median: number;
  readonly p95: number;
  readonly max: number;
  readonly min: number;
}

export interface RowResult {
  readonly id: string;
  readonly runs: number;
  readonly held: number;
  readonly size?: string;
  readonly numbers: Readonly<Record<string, Summary>>;
  readonly failures: readonly string[];
}

export interface Outcome {
  readonly numbers: readonly Numbers[];
  readonly failures: readonly string[];
  readonly runs: number;
}

/** A bound over all trials that is missed is a failure like any other. */
export function resultOf(
  { id, bounds = {}, size }: PlayedRow,
  { numbers, failures, runs }: Outcome,
): RowResult {
  const names = [...new Set(numbers.flatMap(Object.keys))];
  const summaries = Object.fromEntries(
    names.map((name) => [name, summaryOf(numbers.flatMap((of) => of[name] ?? []))] as const),
  );
  const missed = Object.entries(bounds).flatMap(([name, bound]) => missedBy(name, bound, summaries[name]));
  const all = [...failures, ...missed];
  return {
    id,
    runs,
    held: Math.max(0, runs - all.length),
    ...(size === undefined ? {} : { size }),
    numbers: summaries,
    failures: all,
  };
}

function summaryOf(values: readonly number[]): Summary {
  const sorted = values.toSorted((a, b) => a - b);
  const at = (share: number): number => round(sorted[Math.ceil(sorted.length * share) - 1] ?? NaN);
  return { min: round(sorted[0] ?? NaN), median: at(0.5), p95: at(0.95), max: at(1) };
}

function round(value: number): number {
  return Math.round(value * 10) / 10;
}

function missedBy(name: string, bound: Bound, summary: Summary | undefined): readonly string[] {
  if (summary === undefined) return [`nothing was measured: ${name}`];
  const { min = -Infinity, p95 = Infinity, max = Infinity } = bound;
  const says = (what: string, value: number, limit: number): string =>
    `${name}: ${what} ${value}, not ${limit}`;
  return [
    ...(summary.min < min ? [says('at least', summary.min, min)] : []),
    ...(summary.p95 > p95 ? [says('p95', summary.p95, p95)] : []),
    ...(summary.max > max ? [says('at most', summary.max, max)] : []),
  ];
}
