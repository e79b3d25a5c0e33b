/** What the contract calls the answer of PTTL: -1 is for ever, -2 is gone. */
export function remainingFrom(pttl: unknown): number | undefined {
  const ms = Number(pttl);
  return ms === -1 ? undefined : Math.max(0, ms);
}
