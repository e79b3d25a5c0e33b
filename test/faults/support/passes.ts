/** What passed a limiter, as those saw it who asked, held against what may have passed. */

/** The server let it pass between these two instants of the machine's clock. */
export interface Pass {
  readonly sentAt: number;
  readonly answeredAt: number;
}

/**
 * What certainly passed from one instant to another: sent after the one and answered before the other. The most that is
 * ever above what may, over all pairs of a request that was sent and one that was answered, so far apart at most.
 * @param mostWithin - how many may pass in so long, wherever that begins
 */
export function mostAbove(
  passes: readonly Pass[],
  mostWithin: (ms: number) => number,
  longestMs: number,
): number {
  const bySent = passes.toSorted((a, b) => a.sentAt - b.sentAt);
  let most = -Infinity;
  for (const [first, { sentAt }] of bySent.entries()) {
    const answers: number[] = [];
    for (let at = first; at < bySent.length; at += 1) {
      const pass = bySent[at];
      if (pass === undefined || pass.sentAt > sentAt + longestMs) break;
      answers.push(pass.answeredAt);
    }
    answers.sort((a, b) => a - b);
    for (const [count, answeredAt] of answers.entries())
      most = Math.max(most, count + 1 - mostWithin(answeredAt - sentAt));
  }
  return most;
}
