// A replica that runs jobs, as users run it: its own process, built packages, shutdown hooks. Says in lines of JSON what
// happens, in the order in which it happens. JavaScript, because a child process has no compiler.
import * as common from '@nestjs/common';
import { Controller, Get, Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { ClusterCron, HoldfastModule } from '@holdfast/nest';
import { createInterface } from 'node:readline';

const [connection, namespace, grace] = process.argv.slice(2);
const say = (message) => process.stdout.write(`${JSON.stringify(message)}\n`);
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

class JobOffice {
  async closeBooks(run) {
    say({ said: 'closing books' });
    run.signal.addEventListener('abort', () => say({ said: 'abandoned', reason: run.signal.reason.reason }));
    await run.saveCheckpoint({ pages: 12 });
    await toldTo('books');
    say({ said: 'books closed', held: !run.signal.aborted });
  }

  tick() {
    say({ said: 'tick' });
  }

  order() {
    return { served: true };
  }

  onModuleDestroy() {
    say({ said: 'terminating' });
  }

  onApplicationShutdown() {
    say({ said: 'HTTP is closed' });
  }
}
decorate(JobOffice, 'closeBooks', [ClusterCron('0 0 1 1 *', { name: 'close-books', onCrash: 'rerun' })]);
decorate(JobOffice, 'tick', [ClusterCron('* * * * * *', { name: 'tick' })]);
decorate(JobOffice, 'order', [Get('order')]);
Controller()(JobOffice);

class App {}
Module({
  imports: [HoldfastModule.forRoot({ connection, namespace, shutdown: { grace: Number(grace) } })],
  controllers: [JobOffice],
})(App);

const app = await NestFactory.create(App, { logger: false });
app.enableShutdownHooks();
await app.listen(0, '127.0.0.1');
// Only Nest 12 has that pipe.
const nest = 'StandardSchemaValidationPipe' in common ? 12 : 11;
say({ said: 'ready', url: await app.getUrl(), nest });
