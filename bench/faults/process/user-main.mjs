// A child process with one connected user. It takes locks and writes as its parent tells it over IPC. What its library
// does to the process, it does: nothing here listens for unhandled rejections.
import { commonNow } from '../../harness/common-clock.mjs';
import { userNamed } from '../users/index.mjs';
import { LedgerWork } from './ledger-work.mjs';
import { Ledger } from './ledger.mjs';
import { StallWatch } from './stall-watch.mjs';

const { user: name, who, ledgerPort, ...place } = JSON.parse(process.argv[2]);

// The parent may have been killed; nobody else would end this process.
process.once('disconnect', () => process.exit());

/** A lock of its own. */
const WARM_UP = `warm-up-${process.pid}`;

/** @type {Map<string, LedgerWork>} */
const works = new Map();
const ledger = new Ledger(ledgerPort);
const user = await userNamed(name);
const session = await user.connect(place);

const tell = (event, details = {}) => process.send?.({ event, at: commonNow(), ...details });

const stalls = new StallWatch((stall) => tell('stall', stall));

const COMMANDS = { run, block, finish, again };

/** Settles as the call of the library does. */
async function run({ key, id = key, steps }) {
  const work = new LedgerWork({
    ledger,
    key,
    who,
    steps,
    tell: (event, details) => tell(event, { id, ...details }),
  });
  works.set(id, work);
  tell('asked', { id });
  try {
    await session.run(key, work);
    tell('settled', { id, how: 'resolved' });
  } catch (error) {
    tell('settled', { id, how: 'rejected', error: `${error?.name}: ${error?.message}` });
  }
}

/** Another trial: everything is as new but for what the library keeps. */
async function again() {
  works.clear();
  await run({ key: WARM_UP, steps: 3 });
  tell('ready');
}

/** Keeps the event loop busy: no timer fires, no reply is read. */
function block({ ms }) {
  const endsAt = commonNow() + ms;
  while (commonNow() < endsAt);
  stalls.excuse();
  tell('unblocked');
}

/** One of them, or all. */
function finish({ id }) {
  const finished = id === undefined ? works.values() : [works.get(id)];
  for (const work of finished) work?.finish();
}

// Scripts are loaded, connections up and code compiled before the first fault.
await run({ key: WARM_UP, steps: 3 });
process.on('message', (message) => void COMMANDS[message.do](message));
tell('ready');
