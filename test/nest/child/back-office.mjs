// A replica as users run it: its own process, built packages, shutdown hooks. Says in lines of JSON what happens.
// JavaScript, because a child process has no compiler; decorators are applied by hand.
import * as common from '@nestjs/common';
import { Controller, Get, Module, Param } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { Cron, ScheduleModule } from '@nestjs/schedule';
import { HoldfastModule, LockService, WithLock } from '@holdfast/nest';
import { createInterface } from 'node:readline';

const [connection, namespace] = process.argv.slice(2);
/** The clock of `machineMs` in test/support, which other processes read as well. */
const machineMs = () => Number(process.hrtime.bigint() / 1_000n) / 1_000;
const say = (message) => process.stdout.write(`${JSON.stringify({ ...message, at: machineMs() })}\n`);
const input = createInterface({ input: process.stdin });
const told = new Map();
input.on('line', (line) => told.get(JSON.parse(line).go)?.());
const toldTo = (go) => new Promise((resolve) => told.set(go, resolve));

function decorate(type, property, decorators) {
  const descriptor = Object.getOwnPropertyDescriptor(type.prototype, property);
  Object.defineProperty(
    type.prototype,
    property,
    Reflect.decorate(decorators, type.prototype, property, descriptor),
  );
}

class BackOffice {
  constructor(locks) {
    this.locks = locks;
  }

  async closeBooks() {
    say({ said: 'closing books' });
    await toldTo('books');
    say({ said: 'books closed' });
  }

  /** Arrives before SIGTERM and takes its lock after it. */
  async order(id) {
    say({ said: 'request arrived', id });
    await toldTo('request');
    return this.locks.run('order', { key: id, wait: 0 }, async (lease) => ({ id, held: lease.held }));
  }

  async nightly() {
    say({ said: 'nightly ran' });
  }
}
Reflect.defineMetadata('design:paramtypes', [LockService], BackOffice);
decorate(BackOffice, 'closeBooks', [Get('close-books'), WithLock({ name: 'books', wait: 0 })]);
decorate(BackOffice, 'order', [Get('order/:id')]);
Param('id')(BackOffice.prototype, 'order', 0);
decorate(BackOffice, 'nightly', [
  Cron('0 0 1 1 *', { name: 'nightly' }),
  WithLock({ name: 'nightly', whenBusy: 'skip', holdAtLeast: 0 }),
]);
Controller()(BackOffice);

class App {}
Module({
  imports: [
    HoldfastModule.forRoot({ connection, namespace, shutdown: { grace: '5s' } }),
    ScheduleModule.forRoot(),
  ],
  controllers: [BackOffice],
})(App);

const app = await NestFactory.create(App, { logger: false });
app.enableShutdownHooks();
await app.listen(0, '127.0.0.1');
process.once('SIGTERM', () => say({ said: 'terminating' }));
// The schedule module takes its own timers away at SIGTERM; a tick that was under way calls the method like this.
told.set('nightly', () =>
  app
    .get(BackOffice)
    .nightly()
    .then(() => say({ said: 'nightly tick is over' })),
);
// Only Nest 12 has that pipe.
const nest = 'StandardSchemaValidationPipe' in common ? 12 : 11;
say({ said: 'ready', url: await app.getUrl(), nest });
