/** Which processes run on this machine. Those that ended and wait to be collected do not. */
import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';

interface Row {
  readonly pid: number;
  readonly parent: number;
  readonly group: number;
  readonly state: string;
}

export function childrenOf(pid: number): number[] {
  return running()
    .filter((row) => row.parent === pid)
    .map((row) => row.pid);
}

/** Those of `pids` that are in the process group of `leader`. */
export function groupOf(leader: number, pids: readonly number[]): number[] {
  const rows = running();
  const group = rows.find((row) => row.pid === leader)?.group;
  return rows.filter((row) => row.group === group && pids.includes(row.pid)).map((row) => row.pid);
}

/** Those of `pids` that still run. */
export function survivorsOf(pids: readonly number[]): number[] {
  const alive = new Set(running().map((row) => row.pid));
  return pids.filter((pid) => alive.has(pid));
}

function running(): Row[] {
  const rows = existsSync('/proc/self/stat') ? fromProc() : fromPs();
  return rows.filter(({ state }) => !state.startsWith('Z'));
}

function fromProc(): Row[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .flatMap((name) => {
      try {
        // The name of the program stands in parentheses and may hold anything.
        const fields = readFileSync(`/proc/${name}/stat`, 'utf8').split(') ').at(-1)?.split(' ') ?? [];
        return [rowOf(Number(name), fields)];
      } catch {
        // it ended while we looked
        return [];
      }
    });
}

function fromPs(): Row[] {
  return execFileSync('ps', ['-A', '-o', 'pid=,state=,ppid=,pgid='], { encoding: 'utf8' })
    .trim()
    .split('\n')
    .map((line) => line.trim().split(/\s+/))
    .map(([pid, ...fields]) => rowOf(Number(pid), fields));
}

function rowOf(pid: number, [state = '', parent, group]: readonly string[]): Row {
  return { pid, state, parent: Number(parent), group: Number(group) };
}
