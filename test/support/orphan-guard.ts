/**
 * No process or folder of a test outlives it, also when the test runner is killed with SIGKILL.
 *
 * One small shell per test process reads from a pipe what there is to clean up. The kernel closes the pipe when the
 * test process ends, however it ends; then the shell kills and removes what is left. It ignores Ctrl-C for that reason.
 */
import { spawn } from 'node:child_process';
import type { Writable } from 'node:stream';

const SHELL = `
trap '' INT TERM HUP
pids=' '; folders=''
while read -r verb what; do
  case $verb in
    watch) pids="$pids$what " ;;
    forget) pids="\${pids%% $what *} \${pids#* $what }" ;;
    folder) folders="$folders
$what" ;;
  esac
done
for pid in $pids; do kill -9 "$pid" 2>/dev/null; done
printf '%s\\n' "$folders" | while read -r folder; do case $folder in /*/*) rm -rf "$folder" ;; esac; done
`;

let pipe: Writable | undefined;

/** A worker of vitest outlives a killed vitest as long as a test hangs, and with it all that it started. */
function endWithParent(): void {
  if (process.connected) process.once('disconnect', () => process.exit());
}

function tell(line: string): void {
  if (pipe === undefined) {
    endWithParent();
    const shell = spawn('sh', ['-c', SHELL], { stdio: ['pipe', 'ignore', 'inherit'], detached: true });
    shell.unref();
    // A shell that could not be started or was killed must not take the tests with it.
    shell.on('error', () => undefined);
    shell.stdin.on('error', () => undefined);
    pipe = shell.stdin;
    if ('unref' in pipe && typeof pipe.unref === 'function') pipe.unref();
  }
  pipe.write(`${line}\n`);
}

/** Kills `pid` when this process ends, unless {@link forgetProcess} came before. */
export function guardProcess(pid: number): void {
  tell(`watch ${pid}`);
}

/** The process is gone: its id may soon belong to somebody else. */
export function forgetProcess(pid: number): void {
  tell(`forget ${pid}`);
}

/** Removes the folder when this process ends. */
export function guardFolder(folder: string): void {
  tell(`folder ${folder}`);
}
