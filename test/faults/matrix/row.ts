/**
 * A row of the fault matrix as data: what is done, what must hold, and how one trial is played.
 *
 * What every row must hold is not said in it: conditions.ts looks at it behind every trial.
 */
import type { Stage, StageOptions } from './stage.js';

/** What a trial measured, by name; milliseconds unless the name says otherwise. */
export type Numbers = Readonly<Record<string, number>>;

export interface Trial {
  readonly stage: Stage;
  /** 0, 1, 2 … of this row. */
  readonly run: number;
  /** The lock of this trial: no other trial has it. */
  readonly name: string;
}

/** Plays one trial; throws when something does not hold. */
export type Play = (trial: Trial) => Promise<Numbers>;

/** Over all trials of a row. */
export interface Bound {
  readonly min?: number;
  readonly p95?: number;
  readonly max?: number;
}

export interface RowText {
  readonly kind: Row['kind'];
  readonly id: string;
  /** What is done. */
  readonly fault: string;
  /** What must hold beyond the common conditions. */
  readonly holds: string;
}

export interface PlayedRow extends RowText {
  readonly kind: 'played';
  readonly play: Play;
  readonly bounds?: Readonly<Record<string, Bound>>;
  readonly stage?: StageOptions;
  /** Whether nothing is played beside it, because what it is held to is a matter of milliseconds. */
  readonly alone?: true;
  /** Whether it lasts so long that it begins first, for others to be done beside it. */
  readonly long?: true;
  /** Trials every day, where three would take too long. @defaultValue 3 */
  readonly everyday?: number;
  /** @defaultValue two minutes */
  readonly longestMs?: number;
  /** How large a trial is, where that can be chosen. */
  readonly size?: string;
  /** Why it cannot be played here. */
  readonly cannot?: () => string | undefined;
}

/** Held by other tests than those of the matrix. */
export interface RowElsewhere extends RowText {
  readonly kind: 'elsewhere';
  readonly heldBy: readonly string[];
}

/** About something that does not exist yet. */
export interface RowNotBuilt extends RowText {
  readonly kind: 'not built yet';
}

export type Row = PlayedRow | RowElsewhere | RowNotBuilt;
