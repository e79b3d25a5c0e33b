/** What people watch: a story of lines, and below it who holds what right now. */
import { lifeOf, type Author, type LedgerEntry } from '../bookkeeping/entries.js';
import type { Scene } from '../supervisor/scene.js';
import type { ReplicaNews } from '../wire/news.js';
import { LockBoard } from './lock-board.js';
import { Narrator } from './narrator.js';
import { screenOn, type ScreenStream } from './screen.js';

const REDRAW_EVERY_MS = 200;

export class LiveView {
  readonly #screen;
  readonly #narrator = new Narrator();
  readonly #board = new LockBoard();
  readonly #runs = new Map<string, number>();
  readonly #begunAt = Date.now();
  #redraw: NodeJS.Timeout | undefined;

  constructor(stream: ScreenStream) {
    this.#screen = screenOn(stream);
  }

  /** Begins to watch. */
  watch({ books, fleet }: Scene): void {
    books.ledger.onAppend((entry) => this.#read(entry));
    fleet.onNews((news, author) => this.#hear(news, author));
    this.#redraw = setInterval(() => this.#draw(), REDRAW_EVERY_MS);
  }

  say(text: string): void {
    const seconds = ((Date.now() - this.#begunAt) / 1_000).toFixed(1);
    this.#screen.line(`${seconds.padStart(6)} s  ${text}`);
  }

  close(): void {
    clearInterval(this.#redraw);
    this.#screen.close();
  }

  #read(entry: LedgerEntry): void {
    if (entry.kind === 'run-started') this.#runs.set(entry.replica, (this.#runs.get(entry.replica) ?? 0) + 1);
    for (const text of this.#narrator.tell(entry)) this.say(text);
  }

  #hear(news: ReplicaNews, author: Pick<Author, 'replica' | 'life'>): void {
    this.#board.hear(news, author);
    const who = lifeOf(author).padEnd(5);
    if (news.type === 'unavailable')
      this.say(`${who} ${news.job}: the locks are unavailable (${news.reason})`);
    if (news.type === 'log') this.say(`${who} | ${news.text}`);
  }

  #draw(): void {
    const runs = [...this.#runs].map(([replica, count]) => `${replica} ${count}`);
    this.#screen.block(['', ...this.#board.lines(Date.now()), `  runs             ${runs.join('   ')}`]);
  }
}
