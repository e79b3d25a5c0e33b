// What a search by Spin came to, read from what its verifier prints. "holds" is said only of a search that looked at
// every state, kept every state whole, and was at every mark of the model; anything that is not understood is no verdict.

const VIOLATED = /assertion violated\s+!\(+(\w+)\)/;
const MARK = /"printf\('(.+)'\)"/g;
/** Each of them means that not all was seen. */
const INCOMPLETE = [
  ['max search depth too small', 'the search was not deep enough'],
  ['out of memory', 'the memory did not suffice'],
  ['memory limit', 'the memory did not suffice'],
  ['truncated', 'the search was cut short'],
  ['Hash-Compact', 'states were not kept whole'],
  ['Search not completed', 'the search was not completed'],
];

/** `output` is of one run of the verifier, or what is there of it when it was stopped. */
export function verdictOf(output) {
  const effort = {
    states: Number(/([\d.e+]+) states, stored/.exec(output)?.[1] ?? 0),
    depth: Number(/depth reached (\d+)/.exec(output)?.[1] ?? 0),
  };
  return { ...judge(output), ...effort };
}

function judge(output) {
  const violated = VIOLATED.exec(output);
  if (violated) return { verdict: `violated: ${violated[1]}`, why: '' };
  const incomplete = INCOMPLETE.find(([sign]) => output.includes(sign));
  if (incomplete) return { verdict: 'no verdict', why: incomplete[1] };
  if (!output.includes('Full statespace search for') || !/, errors: 0$/m.test(output)) {
    return { verdict: 'no verdict', why: 'the search failed, or said what is not understood' };
  }
  const notReached = [...output.matchAll(MARK)].map((match) => match[1]);
  if (notReached.length > 0) return { verdict: 'nothing happens', why: `never: ${notReached.join('; ')}` };
  return { verdict: 'holds', why: '' };
}
