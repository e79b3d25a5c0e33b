/**
 * Nothing of the demo outlives it, also when the supervisor is killed with SIGKILL while a replica is frozen.
 *
 * A small shell holds the other end of a pipe. However this process ends, the kernel closes the pipe; then the shell
 * kills what is still on its list. It is detached, so that Ctrl-C in the terminal does not reach it.
 */
import { spawn, type ChildProcess } from 'node:child_process';

const SHELL = `
trap '' INT TERM HUP
pids=' '; folders=''
while read -r verb what; do
  case $verb in
    watch) pids="$pids$what " ;;
    forget) pids="\${pids%% $what *} \${pids#* $what }" ;;
    folder) folders="$what" ;;
  esac
done
for pid in $pids; do kill -9 "$pid" 2>/dev/null; done
case $folders in /*/*) rm -rf "$folders" ;; esac
`;

export class OrphanGuard {
  readonly #shell = spawn('sh', ['-c', SHELL], { stdio: ['pipe', 'ignore', 'ignore'], detached: true });

  readonly #ended: Promise<void>;

  constructor() {
    this.#ended = new Promise((resolve) => {
      this.#shell.once('exit', () => resolve());
      // Without a shell the demo still cleans up after itself, only not after its own sudden death.
      this.#shell.once('error', () => resolve());
    });
    this.#shell.stdin.on('error', () => undefined);
    this.#shell.unref();
  }

  /** Kills `child` when this process ends, unless it ended before. */
  watch(child: ChildProcess): void {
    const { pid } = child;
    if (pid === undefined) return;
    this.#shell.stdin.write(`watch ${pid}\n`);
    child.once('exit', () => this.#shell.stdin.write(`forget ${pid}\n`));
  }

  /** Removes the folder when this process ends. */
  watchFolder(folder: string): void {
    this.#shell.stdin.write(`folder ${folder}\n`);
  }

  /** Nothing is left to guard. */
  async close(): Promise<void> {
    // It was not to keep this process alive; now somebody waits for it.
    this.#shell.ref();
    this.#shell.stdin.end();
    await this.#ended;
  }
}
