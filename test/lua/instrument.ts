/**
 * Branch coverage for Lua inside Redis, which has no line hooks: a copy of a script logs every condition with its
 * result and every loop body that it enters. `redis.log` changes nothing that a script can see, so a copy behaves
 * like its original also when Redis is out of memory.
 */
import { readdirSync, readFileSync } from 'node:fs';

/** A condition and how it came out: `lease/batch trouble: yes`. One in a fragment belongs to the fragment. */
export type Branch = string;

export interface Instrumented {
  readonly source: string;
  readonly branches: readonly Branch[];
}

const MARK = 'branch> ';
const PROBE = `local function probe(place, taken) redis.log(redis.LOG_WARNING, '${MARK}' .. place .. (taken and ': yes' or ': no')) return taken end
`;
const CONDITION = /\b(if|elseif) (.+?) then\b/g;
const LOOP = /\b(for .+?) do\b/g;

const LIBRARY = new URL('../../lua/lib/', import.meta.url);
const FRAGMENTS = readdirSync(LIBRARY).map((file) => ({
  name: `lib/${file.replace('.lua', '')}`,
  lines: new Set(readFileSync(new URL(file, LIBRARY), 'utf8').split('\n')),
}));

/** The copy, and every branch that it can tell about. */
export function instrument(name: string, source: string): Instrumented {
  const branches: Branch[] = [];
  const lines = source.split('\n').map((line) => {
    if (line.trimStart().startsWith('--')) return line;
    const origin = FRAGMENTS.find((fragment) => fragment.lines.has(line))?.name ?? name;
    const place = (what: string): string => `${origin} ${what.replace(/['"\\]/g, '`')}`;
    return line
      .replace(CONDITION, (_, word: string, condition: string) => {
        branches.push(`${place(condition)}: yes`, `${place(condition)}: no`);
        return `${word} probe('${place(condition)}', ${condition}) then`;
      })
      .replace(LOOP, (_, head: string) => {
        branches.push(`${place(head)}: yes`);
        return `${head} do probe('${place(head)}', true)`;
      });
  });
  return { source: PROBE + lines.join('\n'), branches };
}

/** The branches that a server's log tells about. */
export function branchesTaken(serverLog: string): Branch[] {
  return serverLog
    .split('\n')
    .map((line) => (line.indexOf(MARK) < 0 ? '' : line.slice(line.indexOf(MARK) + MARK.length)))
    .filter(Boolean);
}
