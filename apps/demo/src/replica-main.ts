/** A replica in a process of its own: does what the supervisor says over IPC, and ends when the supervisor is gone. */
import './replica-clock.js';
import { FreezePoint } from './shop/freeze-point.js';
import { ReplicaApp } from './shop/replica-app.js';
import { readCommand, type ReplicaNews, type StartCommand } from './wire/news.js';

const freezePoint = new FreezePoint(tellAndFlush);
let app: ReplicaApp | undefined;

function tell(news: ReplicaNews): void {
  void tellAndFlush(news);
}

/** A channel that is closed is no failure here: then `disconnect` ends this process. */
function tellAndFlush(news: ReplicaNews): Promise<void> {
  return new Promise((resolve) => {
    if (process.connected) process.send?.(news, () => resolve());
    else resolve();
  });
}

async function start(command: StartCommand): Promise<void> {
  const { name, life, redisUrl, booksUrl, namespace, locks } = command;
  const author = { replica: name, life, pid: process.pid };
  const setup = { author, booksUrl, namespace, unguarded: locks === 'off' };
  app = await ReplicaApp.start({ setup, connection: redisUrl, freezePoint, tell });
  tell({ type: 'ready', port: app.port });
}

async function stop(): Promise<void> {
  await app?.stop();
  process.exit(0);
}

async function obey(message: unknown): Promise<void> {
  const command = readCommand(message);
  if (command.type === 'start') await start(command);
  else if (command.type === 'stop') await stop();
  else freezePoint.arm();
}

process.on('message', (message) => {
  obey(message).catch(async (error: unknown) => {
    await tellAndFlush({ type: 'log', text: String(error) });
    process.exit(1);
  });
});
process.on('disconnect', () => process.exit(1));
// Ctrl-C goes to every process of the terminal; the supervisor hears it, too, and says what to do.
process.on('SIGINT', () => undefined);
process.on('SIGTERM', () => void stop());
