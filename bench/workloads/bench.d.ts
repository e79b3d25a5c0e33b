/** What a bench is: one table of the report. */
import type { Redis } from 'ioredis';
import type { Ability, Contender } from '../contenders/contender.d.ts';
import type { Scale } from '../harness/scale.mjs';
import type { Target } from '../harness/targets.mjs';
import type { Worker } from '../harness/worker.mjs';

/** One contender's turn in one round. */
export interface Turn {
  /** As many as the bench has processes. */
  readonly workers: readonly Worker[];
  readonly contender: Contender;
  /** A connection that belongs to nobody who is measured. */
  readonly admin: Redis;
  readonly scale: Scale;
  readonly round: number;
}

export interface Column {
  /** Of the sample. */
  readonly key: string;
  readonly label: string;
  readonly digits?: number;
  /** A ratio to the reference would say nothing. */
  readonly noRatio?: boolean;
  /** Holds for Holdfast. */
  readonly target?: Target;
}

export interface Bench {
  /** Starts with the name of its workload. */
  readonly id: string;
  readonly title: string;
  readonly needs: Ability;
  readonly contenders: readonly string[];
  /** Whom the others are held against. */
  readonly reference: string;
  /** For each contender. */
  readonly processes: number;
  /** New ones for every turn. */
  readonly freshProcesses?: boolean;
  readonly columns: readonly Column[];
  readonly full?: Partial<Scale>;
  readonly quick?: Partial<Scale>;
  /** Unless it is asked for by its whole name. */
  readonly notInQuick?: boolean;
  measure(turn: Turn): Promise<Record<string, number>>;
}
