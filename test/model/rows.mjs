// What is asked of the model: a question in a world, and which rules it hangs on. Each question is searched once with all
// rules, and once without each of them; without it the answer has to change, or the model would not know the rule.

/** The assertion of the model that fails when the answer is no. */
const ASSERTIONS = { EXCLUSION: 'two_believe', WRITES: 'stale_write', FENCES: 'fence_not_higher' };

const QUESTIONS = [
  {
    question: 'two never believe that they hold',
    asks: 'EXCLUSION',
    world: ['SLOTS=4'],
    rules: {
      SEND_TIME: 'a deadline counts from before the request was sent',
      ARMING_AGAIN: '"yours already" arms the key again',
      TOKEN_OF_ITS_OWN: 'each acquisition has a token of its own',
      COMPARING_RELEASE: 'a release compares the token',
      COMPARING_RENEWAL: 'a renewal compares the token and never sets',
    },
  },
  {
    question: 'two never believe that they hold, one clock being slow',
    asks: 'EXCLUSION',
    world: ['SLOW_CLOCK', 'TTL=3'],
    rules: { DRIFT_MARGIN: 'a deadline is short by the drift margin' },
  },
  {
    question: 'two never believe that they hold, grants being pushed',
    asks: 'EXCLUSION',
    world: ['PUSHES', 'GRANTS=3'],
    rules: {
      POLL_AS_START: 'a pushed grant counts from before the poll was sent',
      COMPARING_PUSH: 'a pushed grant is newer than what the poll saw',
    },
  },
  {
    question: 'two never believe that they hold, a push being a wake-up only',
    asks: 'EXCLUSION',
    world: ['PUSHES', 'GRANTS=3', 'WITHOUT_PROMPT_USE'],
    rules: {},
  },
  {
    question: 'two never believe that they hold, with a failover',
    asks: 'EXCLUSION',
    world: ['FAILOVER'],
    rules: {},
    notPromised: true,
  },
  {
    question: 'two never believe that they hold, with a failover and replicas that acknowledge',
    asks: 'EXCLUSION',
    world: ['FAILOVER', 'REPLICAS'],
    rules: {
      WAIT_ON_RENEWAL: 'a renewal counts when a replica has it, as a grant does',
      EPOCH: 'an acknowledgement counts on the connection of its request',
    },
  },
  {
    question: 'no stale write is accepted',
    asks: 'WRITES',
    world: ['TTL=1', 'GRANTS=3'],
    rules: { FENCE: 'the resource compares fences' },
  },
  {
    question: 'no stale write is accepted, with a failover',
    asks: 'WRITES',
    world: ['FAILOVER', 'TTL=1', 'SLOTS=2', 'GRANTS=3'],
    rules: {
      SERVER_TIME: "a fence is not below the server's clock",
      CLOCK_AHEAD: 'the clock of the new primary is ahead of the last fence',
    },
  },
  {
    question: 'every fence is higher than the one before, with a failover',
    asks: 'FENCES',
    world: ['FAILOVER', 'SLOTS=2'],
    rules: {
      SERVER_TIME: "a fence is not below the server's clock",
      CLOCK_AHEAD: 'the clock of the new primary is ahead of the last fence',
    },
  },
];

/** A server that grants nothing breaks no promise. The search has to notice that this is no answer. */
const NOTHING_GRANTED = {
  question: 'no stale write is accepted by anybody, nothing being granted',
  rule: 'all',
  isOn: true,
  flags: ['-DASK_WRITES', '-DGRANTS=0'],
  expected: 'nothing happens',
};

function rowsOf({ question, asks, world, rules, notPromised = false }) {
  const flags = [`ASK_${asks}`, ...world].map((name) => `-D${name}`);
  const violated = `violated: ${ASSERTIONS[asks]}`;
  return [
    { question, rule: 'all', isOn: true, flags, expected: notPromised ? violated : 'holds' },
    ...Object.entries(rules).map(([name, rule]) => ({
      question,
      rule,
      isOn: false,
      flags: [...flags, `-DWITHOUT_${name}`],
      expected: violated,
    })),
  ];
}

/** One search each. */
export const rows = [...QUESTIONS.flatMap(rowsOf), NOTHING_GRANTED];
