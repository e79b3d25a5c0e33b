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

  error(message: unknown): void {
    this.#tell({ type: 'log', text: lineOf(message) });
  }

  fatal(message: unknown): void {
    this.#tell({ type: 'log', text: lineOf(message) });
  }
}

function lineOf(message: unknown): string {
  return String(message).split('\n', 1)[0] ?? '';
}
