// Writes test/architecture/api/<lib>.api.txt: what the emitted declarations of each package export, by name, with the
// names of their members. A change of the public face is then a line in a diff. Needs a build.
// With --check it only compares, and exits 1 when a committed report is stale.
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import ts from 'typescript';

const at = (path) => fileURLToPath(new URL(`../${path}`, import.meta.url));
const TARGET = 'test/architecture/api';

const KINDS = [
  [ts.SymbolFlags.Class, 'class'],
  [ts.SymbolFlags.Interface, 'interface'],
  [ts.SymbolFlags.TypeAlias, 'type'],
  [ts.SymbolFlags.Enum, 'enum'],
  [ts.SymbolFlags.Function, 'function'],
  [ts.SymbolFlags.Variable, 'const'],
];

const kindsOf = (symbol) =>
  KINDS.filter(([flag]) => symbol.flags & flag)
    .map(([, kind]) => kind)
    .join(' and ');

/** Own members only, static ones marked; what is private says nothing to users. */
function membersOf(symbol) {
  const isPublic = (member) =>
    !/^(#|__)/.test(member.name) &&
    !member.declarations?.some((node) => ts.getCombinedModifierFlags(node) & ts.ModifierFlags.Private);
  const own = [...(symbol.members?.values() ?? [])].filter(
    (member) => isPublic(member) && !(member.flags & ts.SymbolFlags.TypeParameter),
  );
  const statics =
    symbol.flags & ts.SymbolFlags.Class
      ? [...(symbol.exports?.values() ?? [])].filter((member) => member.name !== 'prototype')
      : [];
  const optional = (member) => (member.flags & ts.SymbolFlags.Optional ? '?' : '');
  return [
    ...own.map((member) => `${member.name}${optional(member)}`),
    ...statics.map((member) => `static ${member.name}`),
  ].toSorted();
}

function baseOf(symbol) {
  const clauses = (symbol.declarations ?? []).flatMap((node) => node.heritageClauses ?? []);
  return clauses.flatMap((clause) => clause.types.map((type) => type.getText())).join(', ');
}

function describe(checker, exported) {
  const symbol = exported.flags & ts.SymbolFlags.Alias ? checker.getAliasedSymbol(exported) : exported;
  const base = baseOf(symbol);
  const members = symbol.flags & (ts.SymbolFlags.Class | ts.SymbolFlags.Interface) ? membersOf(symbol) : [];
  return [
    `${kindsOf(symbol)} ${exported.name}${base === '' ? '' : ` extends ${base}`}`,
    ...members.map((member) => `  ${member}`),
  ].join('\n');
}

/** Every front door of a package: its `exports`, but for the manifest. */
function doorsOf(lib) {
  const { exports } = JSON.parse(readFileSync(at(`libs/${lib}/package.json`), 'utf8'));
  return Object.entries(exports).flatMap(([door, { types }]) =>
    types === undefined ? [] : [{ door, entry: at(`libs/${lib}/${types}`) }],
  );
}

function facesOf(lib) {
  const doors = doorsOf(lib).filter(({ entry }) => existsSync(entry));
  const options = {
    module: ts.ModuleKind.NodeNext,
    moduleResolution: ts.ModuleResolutionKind.NodeNext,
    skipLibCheck: true,
  };
  const entries = doors.map(({ entry }) => entry);
  const program = ts.createProgram(entries, { ...options, target: ts.ScriptTarget.ES2022, types: ['node'] });
  const checker = program.getTypeChecker();
  return doors.map(({ door, entry }) => {
    const module = checker.getSymbolAtLocation(program.getSourceFile(entry));
    const lines = checker.getExportsOfModule(module).map((exported) => describe(checker, exported));
    const name = (line) => line.split(' ').at(1);
    return { door, text: lines.toSorted((a, b) => name(a).localeCompare(name(b), 'en')).join('\n') };
  });
}

function report(lib) {
  const faces = facesOf(lib);
  if (faces.length === 0) return undefined;
  return faces.map(({ door, text }) => (door === '.' ? `${text}\n` : `\n${door}\n\n${text}\n`)).join('');
}

const stale = [];
for (const lib of readdirSync(at('libs'))) {
  const text = report(lib);
  if (text === undefined) continue;
  const file = `${TARGET}/${lib}.api.txt`;
  if (existsSync(at(file)) && readFileSync(at(file), 'utf8') === text) continue;
  if (process.argv.includes('--check')) stale.push(file);
  else {
    mkdirSync(at(TARGET), { recursive: true });
    writeFileSync(at(file), text);
  }
}
if (stale.length > 0) {
  console.error(
    `${stale.join(', ')}: the public face changed; if that is meant, run npm run build:api and commit the difference`,
  );
  process.exit(1);
}
