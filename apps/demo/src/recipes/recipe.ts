/** What a recipe is: scripts, what several processes do with them at once, and what has come of it in the end. */
import type { AnyUserScript, ScriptService } from '@holdfast/core';

/** Numbers by name, as they stand in the report. */
export type Counts = Readonly<Record<string, number>>;

/** What a process works with. */
export interface RecipeScene {
  readonly scripts: ScriptService;
  readonly options: Counts;
  /** Which of the processes it is, from 0 on. */
  readonly index: number;
  readonly processes: number;
}

/** What one process has done. */
export interface RecipeWork {
  /** Added up over all processes. */
  readonly counts: Counts;
  /** What the audit looks into; put together of all processes. */
  readonly notes: readonly string[];
}

export interface Recipe {
  /** What it is for, in a sentence. */
  readonly about: string;
  /** Its options on the command line, with what they are when nobody says it. */
  readonly options: Counts;
  readonly scripts: readonly AnyUserScript[];
  work(scene: RecipeScene): Promise<RecipeWork>;
  /** The report: what counts, compared with what is there. */
  audit(scene: RecipeScene, done: RecipeWork): Promise<Counts>;
}

/** How long everything of a recipe is kept. */
export const KEPT_MS = 600_000;

const AT_A_TIME = 32;

/** Does `act` for each, many at a time. */
export async function forEach<T>(items: readonly T[], act: (item: T) => Promise<void>): Promise<void> {
  const waiting = items.values();
  const worker = async (): Promise<void> => {
    for (const item of waiting) await act(item);
  };
  await Promise.all(Array.from({ length: AT_A_TIME }, worker));
}

/** Its share of `count` things. */
export function shareOf({ index, processes }: RecipeScene, count: number): number[] {
  return Array.from({ length: count }, (_, at) => at).filter((at) => at % processes === index);
}

/** A whole number below `most`. */
export function anyBelow(most: number): number {
  return Math.floor(Math.random() * most);
}

/** An option that the recipe has. */
export function optionOf({ options }: RecipeScene, name: string): number {
  const value = options[name];
  if (value === undefined) throw new Error(`the recipe has no option ${name}`);
  return value;
}

/** Pairs of a flat list. */
export function pairsIn(list: readonly (string | number)[]): (readonly [string, number])[] {
  return list.flatMap((name, at) => (at % 2 === 0 ? [[String(name), Number(list[at + 1])] as const] : []));
}
