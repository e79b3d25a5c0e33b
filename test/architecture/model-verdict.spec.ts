/** What tools/model-verdict.mjs makes of a search: "holds" must never be said of one that did not see everything. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { describe, expect, it } from 'vitest';
import { root } from './repository.js';

interface Verdict {
  readonly verdict: string;
  readonly why: string;
  readonly states: number;
  readonly depth: number;
}

interface Row {
  readonly question: string;
  readonly rule: string;
  readonly isOn: boolean;
  readonly flags: readonly string[];
  readonly expected: string;
}

const load = (path: string) => import(pathToFileURL(join(root, path)).href);
const { verdictOf }: { verdictOf(output: string): Verdict } = await load('tools/model-verdict.mjs');
const { rows }: { rows: readonly Row[] } = await load('test/model/rows.mjs');

/** As the verifier prints it, less what is not read. */
const COMPLETE = `
(Spin Version 6.5.2 -- 6 December 2019)
	+ Partial Order Reduction

Full statespace search for:
	assertion violations	+

State-vector 116 byte, depth reached 5254, errors: 0
  2943298 states, stored
 23902491 states, matched

unreached in proctype Time
	/here/time.pml:51, state 21, "-end-"
	(1 of 21 states)

pan: elapsed time 7.88 seconds
`;

describe('a search', () => {
  it('that was complete and violated nothing holds', () => {
    expect(verdictOf(COMPLETE)).toEqual({ verdict: 'holds', why: '', states: 2_943_298, depth: 5_254 });
  });

  it('that violated something says which assertion', () => {
    const output = `pan:1: assertion violated  !(two_believe) (at depth 329)\n${COMPLETE.replace('errors: 0', 'errors: 1')}`;
    expect(verdictOf(output).verdict).toBe('violated: two_believe');
  });

  it.each([
    ['was not deep enough', `error: max search depth too small\n${COMPLETE}`],
    ['ran out of memory', `pan: out of memory\n${COMPLETE}`],
    ['reached its memory limit', `pan: reached -DMEMLIM bound\n\thint: to reduce memory limit\n${COMPLETE}`],
    ['was cut short', `${COMPLETE}\nsearch truncated`],
    ['was stopped', COMPLETE.replace('(Spin', 'Warning: Search not completed\n(Spin')],
    [
      'kept one bit of each state',
      COMPLETE.replace('Full statespace search', 'Bit statespace search using hash functions'),
    ],
    [
      'kept a hash of each state',
      COMPLETE.replace('Full statespace', 'Hash-Compact 4 search\nFull statespace'),
    ],
    ['had another error', COMPLETE.replace('errors: 0', 'errors: 1')],
    ['had ten errors', COMPLETE.replace('errors: 0', 'errors: 10')],
    ['said nothing', ''],
  ])('that %s has no verdict', (_, output) => {
    expect(verdictOf(output).verdict).toBe('no verdict');
    expect(verdictOf(output).why).not.toBe('');
  });

  it('that was nowhere of interest has not shown anything', () => {
    const idle = COMPLETE.replace('"-end-"', `"printf('the first client holds')"`);
    expect(verdictOf(idle)).toMatchObject({
      verdict: 'nothing happens',
      why: 'never: the first client holds',
    });
  });
});

describe('the rows of the model', () => {
  const modelled = ['PUSHES', 'FAILOVER', 'REPLICAS', 'SLOW_CLOCK'];

  it('ask in every world that the model has', () => {
    expect(modelled.filter((world) => !rows.some(({ flags }) => flags.includes(`-D${world}`)))).toEqual([]);
  });

  it('expect a violation wherever a rule is taken away', () => {
    const without = rows.filter(({ isOn }) => !isOn);
    expect(without.length).toBeGreaterThan(9);
    expect(without.filter(({ expected }) => !expected.startsWith('violated: '))).toEqual([]);
  });

  it('are all different', () => {
    expect(new Set(rows.map(({ flags }) => flags.join(' '))).size).toBe(rows.length);
  });

  it('are told in docs/model.md, each once', () => {
    const page = readFileSync(join(root, 'docs/model.md'), 'utf8');
    const told = page
      .split('\n')
      .filter((line) => /^\| .* \| (holds|violated|nothing happens) /.test(line))
      .map((line) => line.split('|').map((cell) => cell.trim()))
      .map(([, question, rule, got]) => `${question}; ${rule}; ${got}`);
    const ruleOf = ({ rule, isOn }: Row): string => (isOn ? 'all rules' : `without: ${rule}`);
    expect(told).toEqual(
      rows.map((row) => `${row.question}; ${ruleOf(row)}; ${row.expected.replace(/: .*/, '')}`),
    );
  });
});
