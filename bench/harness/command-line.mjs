// What was asked for: `w1 w2a --only=raw,holdfast --quick --rounds=3 --locks=100000`.

const USAGE = `npm run bench -- [w1 w2a …] [--only=raw,holdfast] [--quick] [--rounds=N] [--locks=N]
  w1 …      workloads, or the start of their names; all of them without
  --only    these contenders and no others
  --quick   shorter, with fewer rounds and cases
  --rounds  how often each contender has its turn
  --locks   how many locks w3 holds`;

/**
 * @typedef {object} Language what can be said
 * @property {string} usage
 * @property {Readonly<Record<string, string>>} lists options that take a list, and the field it goes into
 * @property {Readonly<Record<string, string>>} counts options that take a number, and the field it goes into
 * @property {Readonly<Record<string, string>>} [flags] options that stand alone, and the field that they set
 */

/** @type {Language} */
const BENCH = {
  usage: USAGE,
  lists: { '--only': 'only' },
  counts: { '--rounds': 'rounds', '--locks': 'locks' },
};

/**
 * @typedef {object} Asked
 * @property {string[]} workloads starts of names; empty means all
 * @property {string[]} only names of contenders; empty means all
 * @property {boolean} quick
 * @property {number} [rounds]
 * @property {number} [locks]
 */

/**
 * Ends the process with a hint when it cannot be read.
 * @param {readonly string[]} words
 * @param {Language} [language]
 * @returns {Asked}
 */
export function readCommandLine(words, { usage, lists, counts, flags = {} } = BENCH) {
  /** @type {Asked} */
  const asked = { workloads: [], only: [], quick: false };
  for (const word of words) {
    const [option, value = ''] = word.split('=', 2);
    if (option === '--help') end(0, usage);
    else if (option === '--quick') asked.quick = true;
    else if (option in flags) asked[flags[option]] = true;
    else if (option in lists) asked[lists[option]] = value.split(',').filter(Boolean);
    else if (option in counts) asked[counts[option]] = countOf(option, value, usage);
    else if (option.startsWith('-')) end(1, `${option} is not known\n${usage}`);
    else asked.workloads.push(option.toLowerCase());
  }
  return asked;
}

function countOf(option, value, usage) {
  const count = Number(value);
  if (!Number.isInteger(count) || count < 1) end(1, `${option} needs a whole number, 1 or more\n${usage}`);
  return count;
}

function end(code, text) {
  (code === 0 ? console.log : console.error)(text);
  process.exit(code);
}
