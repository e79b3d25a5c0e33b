// The report: a table for each bench, and what the run stood on.
import { verdict } from './targets.mjs';
import { median, spread } from './statistics.mjs';

/** @param {Awaited<ReturnType<typeof import('./rounds.mjs').runRounds>>} result */
export function benchToMarkdown(result) {
  const { id, title, reference, columns, rounds, rows, unsupported } = result;
  const lines = [`## ${id.toUpperCase()}: ${title}`, ''];
  if (rows.length > 0) {
    lines.push(
      line(['contender', ...columns.map((column) => headOf(column, reference))]),
      line(['---', ...columns.map(() => '--:')]),
      ...rows.map((row) => line([row.name, ...columns.map((column) => cell(row, column, result))])),
      '',
      `Medians of ${rounds} ${rounds === 1 ? 'round' : 'rounds'}.${spreadOf(result)}`,
    );
  }
  for (const { name, why } of unsupported) lines.push('', `${name}: not supported: ${why}`);
  return lines.join('\n');
}

function headOf({ label, target }, reference) {
  if (target === undefined) return label;
  const { atLeast, atMost, equals, ofReference } = target;
  const [sign, bound] =
    atLeast !== undefined ? ['≥', atLeast] : atMost !== undefined ? ['≤', atMost] : ['=', equals];
  return `${label} [${sign} ${bound}${ofReference ? ` × ${reference}` : ''}]`;
}

function cell(row, column, result) {
  const values = valuesOf(row, column);
  if (values.length === 0) return '';
  const ratio = ratioOf(row, column, result);
  const parts = [format(median(values), column.digits)];
  if (ratio !== undefined && row.name !== result.reference) parts.push(`${format(ratio, 2)} ×`);
  const said = row.name === 'holdfast' ? asPrinted(column, median(values), ratio) : undefined;
  if (said !== undefined) parts.push(said);
  return parts.join(' · ');
}

/** What is printed is what is compared: 3.00 is not more than 3. */
function asPrinted({ digits, target }, value, ratio) {
  const rounded = (number, places = 0) => Number(number.toFixed(places));
  return verdict(target, {
    value: rounded(value, digits),
    ratio: ratio === undefined ? undefined : rounded(ratio, 2),
  });
}

/** The median of what was measured in the same round: what drifts from round to round drops out. */
function ratioOf(row, column, { reference, rows }) {
  const base = rows.find(({ name }) => name === reference);
  if (base === undefined || column.noRatio) return undefined;
  const ratios = row.samples.map((sample, round) => sample[column.key] / base.samples[round]?.[column.key]);
  const known = ratios.filter(Number.isFinite);
  return known.length === 0 ? undefined : median(known);
}

function spreadOf({ reference, rows, columns }) {
  const base = rows.find(({ name }) => name === reference);
  const column = columns.find(({ noRatio }) => !noRatio);
  if (base === undefined || column === undefined || base.samples.length < 2) return '';
  const apart = spread(valuesOf(base, column));
  return ` The rounds of ${reference} lie ${format(apart * 100, 0)} % apart (${column.label}).`;
}

function valuesOf(row, { key }) {
  return row.samples.map((sample) => sample[key]).filter((value) => Number.isFinite(value));
}

function format(value, digits = 0) {
  return value.toLocaleString('en-US', { minimumFractionDigits: digits, maximumFractionDigits: digits });
}

const line = (cells) => `| ${cells.join(' | ')} |`;

/** @param {object} report */
export function frameToMarkdown({ at, node, redis, cores, processor, noise, packages, asked }) {
  const percent = (share) => `${format(share * 100, 0)} %`;
  const peers = Object.entries(packages).filter(([name]) => !name.startsWith('@holdfast/'));
  return [
    `# Bench of ${at}${asked.quick ? ' (quick)' : ''}`,
    '',
    `Node ${node}, Redis ${redis} on loopback, ${cores} cores, ${processor}.`,
    '',
    `Noise: the same loop took ${format(noise.loopMs, 1)} ms in the middle, with a spread of ` +
      `${percent(noise.loopSpread)}; load average ${format(noise.load, 2)} in the middle, ` +
      `${format(noise.highestLoad, 2)} at most.`,
    '',
    `Packages: ${peers.map(([name, version]) => `${name} ${version}`).join(', ')}.`,
  ].join('\n');
}
