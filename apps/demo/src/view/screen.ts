/** Where the live view is written: lines that stay, and on a terminal a block below them that is redrawn. */

export interface Screen {
  line(text: string): void;
  /** Replaces the block. */
  block(lines: readonly string[]): void;
  close(): void;
}

/** What a screen writes to. */
export interface ScreenStream {
  readonly isTTY?: boolean;
  readonly columns?: number;
  write(text: string): unknown;
}

export function screenOn(stream: ScreenStream): Screen {
  return stream.isTTY === true ? new TerminalScreen(stream) : new PlainScreen(stream);
}

/** For files and pipes: lines only. */
class PlainScreen implements Screen {
  readonly #stream: ScreenStream;

  constructor(stream: ScreenStream) {
    this.#stream = stream;
  }

  line(text: string): void {
    this.#stream.write(`${text}\n`);
  }

  block(): void {
    // a block that can't be redrawn would be noise
  }

  close(): void {
    // nothing to put back
  }
}

class TerminalScreen implements Screen {
  readonly #stream: ScreenStream;
  #block: readonly string[] = [];

  constructor(stream: ScreenStream) {
    this.#stream = stream;
  }

  line(text: string): void {
    this.#stream.write(`${this.#erase()}${text}\n${this.#draw()}`);
  }

  block(lines: readonly string[]): void {
    const erase = this.#erase();
    this.#block = lines;
    this.#stream.write(erase + this.#draw());
  }

  close(): void {
    this.#stream.write(this.#erase());
    this.#block = [];
  }

  #erase(): string {
    return this.#block.length === 0 ? '' : `\u001b[${this.#block.length}A\u001b[J`;
  }

  /** Cut to the width: a line that wraps takes two, and then the next redraw would erase too little. */
  #draw(): string {
    const width = (this.#stream.columns ?? 80) - 1;
    return this.#block.map((text) => `${text.slice(0, width)}\n`).join('');
  }
}
