// An application of Nest that holds a lock, as users run it: shutdown hooks, a grace. Says in lines of JSON what happens.
// Its body ends when the application is told to leave, or never, as the last argument says.
import { Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { HoldfastModule, LockService } from '@holdfast/nest';

const [connection, namespace, name, ttl, grace, ends] = process.argv.slice(2);
const machineMs = () => Number(process.hrtime.bigint() / 1_000n) / 1_000;
const say = (event, details = {}) =>
  process.stdout.write(`${JSON.stringify({ event, at: machineMs(), ...details })}\n`);

class App {}
Module({
  imports: [
    HoldfastModule.forRoot({
      connection,
      namespace,
      attemptTimeout: Number(ttl) / 2,
      shutdown: { grace: Number(grace) },
    }),
  ],
})(App);

const app = await NestFactory.createApplicationContext(App, { logger: false });
app.enableShutdownHooks();
const leaving = new Promise((resolve) => process.once('SIGTERM', resolve)).then(() => say('told to leave'));
app
  .get(LockService)
  .run(name, { ttl: Number(ttl) }, async (lease) => {
    lease.signal.addEventListener('abort', () => say('lost', { ...lease.signal.reason }));
    say('granted', { fence: lease.fence });
    await (ends === 'ends' ? leaving : new Promise(() => undefined));
  })
  .then(
    () => say('ran'),
    (error) => say('failed', { code: error.code, reason: error.reason }),
  );
