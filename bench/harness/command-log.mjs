// What Redis was asked to do, as MONITOR tells it: the only place where commands that came over the wire and commands
// that a script called look different. It costs Redis time, so nothing is timed while it listens.
import { once } from 'node:events';
import { connect } from 'node:net';

const MARK = 'bench-mark';

/** Keys of the bench itself start like this, and are not counted. */
export const OWN_KEYS = 'bench-own:';

/**
 * Counts while `work` runs.
 * @param {import('ioredis').Redis} admin
 * @param {() => Promise<unknown>} work
 * @returns {Promise<{ wire: number, inner: number }>}
 */
export async function countCommands(admin, work) {
  const socket = connect(Number(admin.options.port), '127.0.0.1');
  socket.write('MONITOR\r\n');
  await once(socket, 'data');
  const counts = { wire: 0, inner: 0 };
  const marked = new Promise((resolve) =>
    eachLine(socket, (line) => count(line, counts) && resolve(undefined)),
  );
  try {
    await work();
    // Lines come in order: when this one is there, all before it are.
    await admin.echo(MARK);
    await marked;
  } finally {
    socket.destroy();
  }
  return counts;
}

/** @returns whether it was the mark */
function count(line, counts) {
  if (line.includes(MARK)) return true;
  if (line.includes(`"${OWN_KEYS}`)) return false;
  if (line.includes(' lua] "')) counts.inner += 1;
  else counts.wire += 1;
  return false;
}

function eachLine(socket, tell) {
  let rest = '';
  socket.on('data', (chunk) => {
    const lines = (rest + chunk).split('\r\n');
    rest = lines.pop() ?? '';
    for (const line of lines) tell(line);
  });
}
