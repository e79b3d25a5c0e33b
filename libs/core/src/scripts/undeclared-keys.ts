/**
 * Finds where a script touches keys that are not in KEYS: a text, what is put together of texts, an argument. On a cluster
 * such a key may be on another node; elsewhere it works until there is a cluster. What cannot be told from the source alone,
 * such as a parameter of a function, is believed.
 */

interface Token {
  readonly text: string;
  readonly line: number;
}

const TOKENS =
  /--\[\[[\s\S]*?\]\]|--[^\n]*|\[\[[\s\S]*?\]\]|'(?:\\[\s\S]|[^'\\])*'|"(?:\\[\s\S]|[^"\\])*"|[A-Za-z_][\w.]*|\d[\w.]*|\.\.|\S/g;

const WITHOUT_KEYS: ReadonlySet<string> = new Set(['ECHO', 'PING', 'PUBLISH', 'SPUBLISH', 'TIME', 'WAIT']);
const OF_KEYS_ONLY: ReadonlySet<string> = new Set([
  ...['DEL', 'EXISTS', 'MGET', 'RENAME', 'SDIFF', 'SINTER', 'SUNION', 'TOUCH', 'UNLINK'],
]);
const OPENING: ReadonlySet<string> = new Set(['(', '{', '[']);
const CLOSING: ReadonlySet<string> = new Set([')', '}', ']']);

/** One sentence for each place. */
export function undeclaredKeys(source: string): readonly string[] {
  const tokens = tokensOf(source);
  const foreign = foreignNames(tokens);
  const found: string[] = [];
  for (const [at, { text, line }] of tokens.entries()) {
    if (text !== 'redis.call' && text !== 'redis.pcall') continue;
    const [command = [], ...args] = listFrom(tokens, at + 2);
    const name = commandIn(command);
    if (name === undefined || WITHOUT_KEYS.has(name)) continue;
    for (const key of OF_KEYS_ONLY.has(name) ? args : args.slice(0, 1))
      if (isForeign(key, foreign))
        found.push(`line ${line}: ${name} touches ${key.join(' ')}, which is not in KEYS`);
  }
  return found;
}

function tokensOf(source: string): readonly Token[] {
  const tokens: Token[] = [];
  let [line, seen] = [1, 0];
  for (const match of source.matchAll(TOKENS)) {
    line += source.slice(seen, match.index).split('\n').length - 1;
    seen = match.index;
    if (!match[0].startsWith('--')) tokens.push({ text: match[0], line });
  }
  return tokens;
}

/** Expressions behind an opening bracket, to where it is closed; or to the end of a statement. */
function listFrom(tokens: readonly Token[], start: number): string[][] {
  const list: string[][] = [[]];
  let depth = 0;
  for (const { text } of tokens.slice(start)) {
    if (CLOSING.has(text)) depth -= 1;
    if (depth < 0) break;
    if (OPENING.has(text)) depth += 1;
    if (text === ',' && depth === 0) list.push([]);
    else list.at(-1)?.push(text);
  }
  return list.filter((expression) => expression.length > 0);
}

function commandIn([first = '']: readonly string[]): string | undefined {
  return /^['"]/.test(first) ? first.slice(1, -1).toUpperCase() : undefined;
}

/** Names that stand for anything but a key of KEYS. */
function foreignNames(tokens: readonly Token[]): ReadonlySet<string> {
  const foreign = new Set<string>();
  for (const [at, { text, line }] of tokens.entries()) {
    if (text !== 'local') continue;
    const statement = tokens.slice(at + 1).filter((token) => token.line === line);
    const equals = statement.findIndex((token) => token.text === '=');
    if (equals === -1) continue;
    const names = statement.slice(0, equals).filter((token) => token.text !== ',');
    const values = listFrom(statement, equals + 1);
    for (const [index, name] of names.entries())
      if (isForeign(values[index] ?? [], foreign)) foreign.add(name.text);
  }
  return foreign;
}

function isForeign(expression: readonly string[], foreign: ReadonlySet<string>): boolean {
  const [first = ''] = expression;
  if (expression.includes('..')) return true;
  return /^(?:['"]|\[\[)/.test(first) || first === 'ARGV' || foreign.has(first);
}
