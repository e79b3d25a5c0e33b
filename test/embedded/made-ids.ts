/**
 * Ids of stream entries that a server made of its clock are its own: they differ between two hosts by nature. What has to
 * be the same is which of them are equal, and their order; so each is named by its rank among those beside it.
 */
import type { Told } from './two-hosts.js';

/** A millisecond of this century; ids that a test gives are far from there. */
const MADE = /^1[6-9]\d{11}-\d+$/;

/** The same with each such id as its rank in this value. */
export function withoutMadeIds(value: Told): Told {
  const ranks = [...new Set(madeIn(value))].toSorted(byId);
  const named = (part: Told): Told => {
    if (typeof part === 'string') return MADE.test(part) ? `id ${ranks.indexOf(part)}` : part;
    return Array.isArray(part) ? part.map(named) : part;
  };
  return named(value);
}

/** The same with each such id as one word: for what is told of two streams, whose ids have nothing to do with each other. */
export function madeIdsAlike(value: Told): Told {
  if (typeof value === 'string') return MADE.test(value) ? 'id' : value;
  return Array.isArray(value) ? value.map(madeIdsAlike) : value;
}

function madeIn(value: Told): string[] {
  if (typeof value === 'string') return MADE.test(value) ? [value] : [];
  return Array.isArray(value) ? value.flatMap(madeIn) : [];
}

function byId(one: string, other: string): number {
  const [[ms = 0, count = 0], [otherMs = 0, otherCount = 0]] = [halves(one), halves(other)];
  return ms - otherMs || count - otherCount;
}

const halves = (id: string): number[] => id.split('-').map(Number);
