// What a trial came to, from what the processes said and what the ledger noted.

/**
 * @typedef {object} Sample
 * @property {number} [strikeMs] from the grant to the fault
 * @property {number} [grantedMs] from the fault to the next grant: of the contender, or of whoever was first when the
 *   fault was in the grant itself
 * @property {number} stale writes that the first holder began after the second was granted the lock
 * @property {number} staleTaken of these, how many a resource that compares fences would have taken
 * @property {'told' | 'ended' | 'over' | 'never'} heard how the first holder came to know: its check threw, its process
 *   ended by itself, its work was over before anybody else was granted, or not at all
 * @property {number} [heardMs] when it was told, or its process ended, from the grant of the second on, or from when it
 *   could run again, whichever is later; negative is before
 * @property {boolean} kept the holder was not disturbed
 * @property {boolean} voidGrant the second was told that it had lost the lock, with nobody after it
 * @property {readonly string[]} hung whose calls did not come back in time
 * @property {readonly string[]} ended whose process ended, though nobody ended it, and how
 * @property {string} outcome what the call of the holder came to
 */

/** @returns {Sample} */
export function sampleOf({ key, faultAt, wokenAt = -Infinity, holder, contender, writes }) {
  const sides = [sideOf('holder', holder, key), sideOf('contender', contender, key)];
  const [first, second] = sides.toSorted((a, b) => a.grantedAt - b.grantedAt);
  const late = writes.filter(({ who, startedAt }) => who === first.who && startedAt > second.grantedAt);
  const granted = first.grantedAt > faultAt ? first : second;
  const ended = sides.filter(({ end }) => end !== undefined && end.how !== 'SIGKILL');
  const heard = heardBy(first, { grantedAt: second.grantedAt, wokenAt });
  return {
    strikeMs: granted === first ? undefined : faultAt - first.grantedAt,
    grantedMs: Number.isFinite(granted.grantedAt) ? granted.grantedAt - faultAt : undefined,
    stale: late.length,
    staleTaken: late.filter(({ taken }) => taken).length,
    ...heard,
    kept: late.length === 0 && heard.heard === 'over',
    voidGrant: second.toldAt !== undefined,
    hung: sides.filter(({ asked, settled, end }) => asked && !settled && !end).map(({ who }) => who),
    ended: ended.map(({ who, end }) => `${who}: ${end.how}`),
    lastWords: ended.map(({ end }) => end.said.slice(-300)),
    outcome: sides[0].settled?.error ?? sides[0].settled?.how ?? 'none',
  };
}

function sideOf(who, process, key) {
  const at = (event) => process.first(event, key)?.at;
  return {
    who,
    asked: process.first('asked', key) !== undefined,
    grantedAt: at('granted') ?? Infinity,
    toldAt: at('told'),
    leftAt: at('left'),
    settled: process.first('settled', key),
    end: process.ended,
  };
}

function heardBy({ toldAt, leftAt, end }, { grantedAt, wokenAt }) {
  const since = (at) => (Number.isFinite(grantedAt) ? at - Math.max(grantedAt, wokenAt) : undefined);
  if (toldAt !== undefined) return { heard: 'told', heardMs: since(toldAt) };
  if (leftAt !== undefined && leftAt <= grantedAt) return { heard: 'over' };
  if (end !== undefined) return { heard: 'ended', heardMs: since(end.at) };
  return { heard: 'never' };
}
