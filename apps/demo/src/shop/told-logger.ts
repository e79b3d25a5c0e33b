import type { LoggerService } from '@nestjs/common';
import type { Tell } from '../wire/news.js';

/** Nest's log as lines of the live view: what went wrong, without stacks and without the chatter of a start. */
export class ToldLogger implements LoggerService {
  readonly #tell: Tell;

  constructor(tell: Tell) {
    this.#tell = tell;
  }

  log(): void {
    // which module was initialised is not what people watch a demo for
  }

  warn(message: unknown): void {
    this.#tell({ type: 'log', text: lineOf(message) });
  }

  error(message: unknown, ...context: unknown[]): void {
    // A run that failed says so in the ledger, with its replica; with --embedded this log doesn't know whose it is.
    if (context.at(-1) !== 'Scheduler') this.warn(message);
  }

  fatal(message: unknown): void {
    this.warn(message);
  }
}

function lineOf(message: unknown): string {
  return String(message).split('\n', 1)[0] ?? '';
}
