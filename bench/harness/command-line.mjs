// What was asked for: `w1 w2a --only=raw,holdfast --quick --rounds=3 --locks=100000`.

const USAGE = `npm run bench -- [w1 w2a …] [--only=raw,holdfast] [--quick] [--rounds=N] [--locks=N]
  w1 …      workloads, or the start of their names; all of them without
  --only    these contenders and no others
  --quick   shorter, with fewer rounds and cases
  --rounds  how often each contender has its turn
  --locks   how many locks w3 holds`;

const LISTS = { '--only': 'only' };
const COUNTS = { '--rounds': 'rounds', '--locks': 'locks' };

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
 * @returns {Asked}
 */
export function readCommandLine(words) {
  /** @type {Asked} */
  const asked = { workloads: [], only: [], quick: false };
  for (const word of words) {
    const [option, value = ''] = word.split('=', 2);
    if (option === '--help') end(0, USAGE);
    else if (option === '--quick') asked.quick = true;
    else if (option in LISTS) asked[LISTS[option]] = value.split(',').filter(Boolean);
    else if (option in COUNTS) asked[COUNTS[option]] = countOf(option, value);
    else if (option.startsWith('-')) end(1, `${option} is not known\n${USAGE}`);
    else asked.workloads.push(option.toLowerCase());
  }
  return asked;
}

function countOf(option, value) {
  const count = Number(value);
  if (!Number.isInteger(count) || count < 1) end(1, `${option} needs a whole number, 1 or more\n${USAGE}`);
  return count;
}

function end(code, text) {
  (code === 0 ? console.log : console.error)(text);
  process.exit(code);
}
