/** Runs the application until its route and its job have been seen at work, and says so in one line of JSON. */
import { NestFactory } from '@nestjs/core';
import { AppModule, ReportJob } from './app.module.js';

async function main(): Promise<void> {
  const app = await NestFactory.create(AppModule, { logger: ['error', 'warn'] });
  app.enableShutdownHooks();
  await app.listen(0, '127.0.0.1');
  const answer = await fetch(`${await app.getUrl()}/orders/42/pay`, { method: 'POST' });
  const route: unknown = await answer.json();
  const job = app.get(ReportJob);
  const until = Date.now() + 10_000;
  while (job.runs < 2 && Date.now() < until) await new Promise((resolve) => setTimeout(resolve, 50));
  console.log(JSON.stringify({ status: answer.status, route, runs: job.runs, guarded: job.guarded }));
  await app.close();
}

void main();
