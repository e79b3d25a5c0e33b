// Reads lua/: the header of a script is its only declaration, so it is parsed and held against the body here.
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

const HEADER = {
  summary: /^--- (.+\.)$/,
  key: /^-- @key (\w+) (STRING|ZSET|HASH|LIST|STREAM|SET) (.+)$/,
  arg: /^-- @arg (\w+) (.+)$/,
  eachKey: /^-- @each key (\w+) (STRING|ZSET|HASH|LIST|STREAM|SET) (.+)$/,
  eachArg: /^-- @each arg (\w+) (.+)$/,
  reply: /^-- @reply (.+)$/,
};
const INCLUDE = /^-- @include (lib\/\w+)$/;

/** Every script below `root`, in the order of its path. Throws one error that names the file and the rule. */
export function readScripts(root) {
  const files = readdirSync(root, { recursive: true, encoding: 'utf8' })
    .map((file) => file.replaceAll('\\', '/'))
    .filter((file) => file.endsWith('.lua') && !file.startsWith('lib/'));
  return files.toSorted().map((file) => readScript(root, file));
}

function readScript(root, file) {
  const text = readFileSync(join(root, file), 'utf8');
  const fail = (why) => {
    throw new Error(`lua/${file}: ${why}`);
  };
  const lines = text.split('\n');
  const headerEnd = lines.findIndex((line) => !line.startsWith('--'));
  const header = parseHeader(lines.slice(0, headerEnd), fail);
  checkBindings(header, lines.slice(headerEnd), fail);
  const source = assemble(root, lines.slice(headerEnd), fail);
  checkStyle(source, fail);
  return {
    name: file.replace(/\.lua$/, ''),
    ...header,
    lines: lines.length - 1,
    source,
    sha1: createHash('sha1').update(source).digest('hex'),
  };
}

function parseHeader(lines, fail) {
  const header = { summary: '', keys: [], args: [], eachKeys: [], eachArgs: [], reply: '' };
  for (const line of lines) {
    const [kind, match] = matchHeaderLine(line) ?? fail(`header line not understood: ${line}`);
    if (kind === 'summary') header.summary = match[1];
    else if (kind === 'reply') header.reply = match[1];
    else if (kind === 'key') header.keys.push({ name: match[1], type: match[2], meaning: match[3] });
    else if (kind === 'eachKey') header.eachKeys.push({ name: match[1], type: match[2], meaning: match[3] });
    else if (kind === 'arg') header.args.push({ name: match[1], meaning: match[2] });
    else header.eachArgs.push({ name: match[1], meaning: match[2] });
  }
  if (header.summary === '') fail('starts with "--- one sentence."');
  if (header.reply === '') fail('has no "-- @reply" line');
  const batch = header.eachKeys.length > 0;
  if (batch && header.keys.length + header.args.length > 0) fail('mixes "@key/@arg" with "@each"');
  if (!batch && header.keys.length === 0) fail('declares no "@key"');
  return header;
}

function matchHeaderLine(line) {
  for (const [kind, pattern] of Object.entries(HEADER)) {
    const match = pattern.exec(line);
    if (match) return [kind, match];
  }
  return undefined;
}

const snake = (name) => name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);

/** The body's first lines must bind exactly what the header declares, in the same order. */
function checkBindings(header, body, fail) {
  if (header.eachKeys.length > 0) return checkMemberBindings(header, body, fail);
  const keyNames = header.keys.map((key) => key.name).join(', ');
  const keyValues = header.keys.map((_, i) => `KEYS[${i + 1}]`).join(', ');
  if (body[0] !== `local ${keyNames} = ${keyValues}`)
    fail(`first line must be: local ${keyNames} = ${keyValues}`);
  if (header.args.length === 0) return;
  const names = header.args.map((arg) => snake(arg.name)).join(', ');
  const bound = (body[1] ?? '').replace(/tonumber\((ARGV\[\d+\])\)/g, '$1');
  const expected = `local ${names} = ${header.args.map((_, i) => `ARGV[${i + 1}]`).join(', ')}`;
  const unpacked = `local ${names} = unpack(ARGV)`;
  if (bound !== expected && bound !== unpacked)
    fail(`second line must be: ${expected} (each may stand in tonumber()) or: ${unpacked}`);
}

function checkMemberBindings({ eachKeys, eachArgs }, body, fail) {
  const trimmed = body.map((line) => line.trim());
  const members = eachKeys.length === 1 ? '#KEYS' : `#KEYS / ${eachKeys.length}`;
  const keys = `local ${eachKeys.map((key) => key.name).join(', ')}`;
  const args = `local ${eachArgs.map((arg) => snake(arg.name)).join(', ')}`;
  for (const [line, other] of [
    [`for member = 1, ${members} do`],
    [`${keys} = ${ofMember('KEYS', eachKeys.length)}`, `${keys} = ${unpacked('KEYS', eachKeys.length)}`],
    ...(eachArgs.length === 0
      ? []
      : [
          [
            `${args} = ${ofMember('ARGV', eachArgs.length)}`,
            `${args} = ${unpacked('ARGV', eachArgs.length)}`,
          ],
        ]),
  ]) {
    if (!trimmed.includes(line) && !trimmed.includes(other)) fail(`must bind its members by: ${line}`);
  }
}

/** The same where they are too many for a line: `unpack(ARGV, 6 * member - 5, 6 * member)`. */
function unpacked(list, many) {
  return `unpack(${list}, ${many} * member - ${many - 1}, ${many} * member)`;
}

/** Where a list of `many` entries a member has those of one: `KEYS[2 * member - 1], KEYS[2 * member]`. */
function ofMember(list, many) {
  const last = many === 1 ? 'member' : `${many} * member`;
  return Array.from({ length: many }, (_, i) => {
    const behind = many - 1 - i;
    return behind === 0 ? `${list}[${last}]` : `${list}[${last} - ${behind}]`;
  }).join(', ');
}

function assemble(root, body, fail) {
  const seen = new Set();
  const out = body.flatMap((line) => {
    const include = INCLUDE.exec(line);
    if (!include) return line.startsWith('-- @include') ? fail(`include not understood: ${line}`) : [line];
    if (seen.has(include[1])) fail(`includes ${include[1]} twice`);
    seen.add(include[1]);
    return readFileSync(join(root, `${include[1]}.lua`), 'utf8')
      .trimEnd()
      .split('\n');
  });
  return `${out.join('\n').trimEnd()}\n`;
}

const FORBIDDEN = [
  [/redis\.p?call\('(FLUSH\w*|CONFIG|KEYS|SCRIPT|SCAN|EVAL\w*)'/, 'calls a command that no script may call'],
  [/\btostring\(/, 'uses tostring: it rounds numbers above 1e14'],
  [/%d[^+*?)]/, "formats with %d: write '%.0f'"],
  [/\bcjson\b|\bcmsgpack\b/, 'uses a codec where a flat array does'],
  [/\bwhile\b|\brepeat\b/, 'loops without a bound'],
];

function checkStyle(source, fail) {
  const code = source.replace(/--[^\n]*/g, '');
  for (const [pattern, why] of FORBIDDEN) if (pattern.test(code)) fail(why);
}
