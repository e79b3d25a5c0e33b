/** What the processes of a recipe say to each other. */
import type { Counts, RecipeWork } from './recipe.js';

/** What a worker is told. */
export interface WorkOrder {
  readonly name: string;
  readonly url: string;
  readonly namespace: string;
  readonly options: Counts;
  readonly index: number;
  readonly processes: number;
}

export function isWorkOrder(message: unknown): message is WorkOrder {
  return typeof message === 'object' && message !== null && 'name' in message && 'namespace' in message;
}

/** What it tells when it is through. */
export function workIn(message: unknown): RecipeWork | undefined {
  return isDone(message) ? message.done : undefined;
}

function isDone(message: unknown): message is { readonly done: RecipeWork } {
  return typeof message === 'object' && message !== null && 'done' in message;
}
