// What stands in a cell: one library, one fault, all rounds.
import { median } from '../../harness/statistics.mjs';

/** @typedef {import('../trial/sample.mjs').Sample} Sample */

const whole = (value) => Math.round(value).toLocaleString('en-US').replace('-', '−');
const signed = (value) => (Math.round(value) > 0 ? `+${whole(value)}` : whole(value));

/** The median and, where they differ, the least and the most. */
function spread(values, write) {
  const known = values.filter(Number.isFinite);
  if (known.length === 0) return 'none';
  const [least, most] = [Math.min(...known), Math.max(...known)].map(write);
  return least === most ? least : `${write(median(known))} (${least} to ${most})`;
}

/** Texts, each once, with how often if there are several. */
function counted(texts) {
  const kinds = [...new Set(texts)];
  if (kinds.length < 2) return kinds.join('');
  return kinds.map((kind) => `${kind} (${texts.filter((text) => text === kind).length} ×)`).join('; ');
}

/** @param {readonly Sample[]} samples */
export function staleCell(samples) {
  const stale = spread(
    samples.map(({ stale }) => stale),
    whole,
  );
  const refused = samples.some(({ stale, staleTaken }) => staleTaken < stale);
  return refused
    ? `${stale}; past a fence ${spread(
        samples.map(({ staleTaken }) => staleTaken),
        whole,
      )}`
    : stale;
}

/** Who wrote nothing any more had nothing to hear. */
const heardOf = ({ heard, stale }) => (heard === 'never' && stale === 0 ? 'over' : heard);

/** @param {readonly Sample[]} samples */
export function heardCell(samples) {
  const HEARD = {
    told: (times) => (times.length === 0 ? 'told, nobody came after' : spread(times, signed)),
    ended: (times) => (times.length === 0 ? 'process ended' : `process ended ${spread(times, signed)}`),
    over: () => 'work was over',
    never: () => 'never',
  };
  const parts = Object.entries(HEARD).flatMap(([kind, write]) => {
    const such = samples.filter((sample) => heardOf(sample) === kind);
    if (such.length === 0) return [];
    const text = write(such.map(({ heardMs }) => heardMs).filter(Number.isFinite));
    return [such.length === samples.length ? text : `${text} (${such.length} ×)`];
  });
  return parts.join('; ');
}

/** @param {readonly Sample[]} samples */
export function grantedCell(samples) {
  const known = samples.map(({ grantedMs }) => grantedMs).filter(Number.isFinite);
  if (known.length === 0) return 'nobody';
  const missing = samples.length - known.length;
  return missing === 0 ? spread(known, whole) : `${spread(known, whole)}; nobody (${missing} ×)`;
}

/** @param {readonly Sample[]} samples */
export function keptCell(samples) {
  const kept = samples.filter((sample) => sample.kept).length;
  const all = `kept ${kept} of ${samples.length}`;
  return kept === samples.length ? all : `${all}; stale writes ${staleCell(samples)}`;
}

/** @param {readonly (Sample & { othersLock?: string })[]} samples */
export function releaseCell(samples) {
  const callers = samples.map(({ outcome }) => (outcome === 'resolved' ? outcome : outcome.split(':')[0]));
  return `${counted(samples.map(({ othersLock }) => othersLock))}; caller: ${counted(callers)}`;
}

/** @param {readonly Sample[]} samples of all faults */
export function callsCell(samples) {
  const hung = samples.filter(({ hung }) => hung.length > 0);
  return hung.length === 0 ? '0' : `${hung.length}: ${idsOf(hung)}`;
}

/** @param {readonly Sample[]} samples of all faults */
export function endedCell(samples) {
  const ended = samples.filter(({ ended }) => ended.length > 0);
  return ended.length === 0 ? '0' : `${ended.length}: ${idsOf(ended)}`;
}

/** @param {readonly Sample[]} samples of all faults */
export function voidCell(samples) {
  const such = samples.filter(({ voidGrant }) => voidGrant);
  return such.length === 0 ? '0' : `${such.length}: ${idsOf(such)}`;
}

const idsOf = (samples) => [...new Set(samples.map(({ fault }) => fault))].join(', ');

export const crowdCells = {
  'served out of turn': (samples) =>
    spread(
      samples.map(({ outOfTurn }) => outOfTurn),
      whole,
    ),
  'from one to the next, ms': (samples) =>
    spread(
      samples.map(({ gapMs }) => gapMs),
      whole,
    ),
  'longest of these, ms': (samples) =>
    spread(
      samples.map(({ longestGapMs }) => longestGapMs),
      whole,
    ),
  'until all were done, ms': (samples) =>
    spread(
      samples.map(({ allMs }) => allMs),
      whole,
    ),
  'granted, of 20': (samples) =>
    spread(
      samples.map(({ granted }) => granted),
      whole,
    ),
  'two at a time': (samples) =>
    spread(
      samples.map(({ overlaps }) => overlaps),
      whole,
    ),
};
