/**
 * Writes the TypeScript blocks of the pages to files below build/docs, where the compiler and vitest find them.
 * A line of a file is the same line of its block: the imports that the block may leave out stand before its first one.
 */
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import ts from 'typescript';
import { codeBlocks, pages, root, type CodeBlock } from './pages.js';

const TARGET = join(root, 'build/docs');
const GIVEN = join(root, 'test/docs/given.ts');

/** A block and the file that it was written to. */
export interface WrittenBlock extends CodeBlock {
  readonly file: string;
  /** `README.md:12` */
  readonly place: string;
}

export const compilerOptions: ts.CompilerOptions = {
  ...readConfig(join(root, 'test/tsconfig.json')),
  // A block shows one thing and leaves the rest unused.
  noUnusedLocals: false,
  noUnusedParameters: false,
};

/** Writes all of them, after those of the run before were removed. */
export function writeBlocks(): WrittenBlock[] {
  rmSync(TARGET, { recursive: true, force: true });
  mkdirSync(TARGET, { recursive: true });
  const given = namesOf(GIVEN);
  return pages()
    .flatMap(codeBlocks)
    .filter(({ language }) => language === 'ts')
    .map((block) => {
      const file = join(TARGET, `${block.page.replaceAll(/[/.]/g, '-')}-${block.line}.ts`);
      writeFileSync(file, fileText(block, given));
      return { ...block, file, place: `${block.page}:${block.line}` };
    });
}

function fileText({ code, mark }: CodeBlock, given: ReadonlySet<string>): string {
  // Blocks that run name a Redis as users do, and get the same scripts in this process instead.
  const text = mark === 'run' ? code.replaceAll("'redis://localhost:6379'", 'embedded()') : code;
  const names = [...freeNames(text)].filter((name) => given.has(name));
  const imports =
    names.length === 0 ? 'export {}; ' : `import { ${names.join(', ')} } from '../../test/docs/given.js'; `;
  return imports + text;
}

/** Identifiers that the block uses and does not declare or import by itself. */
function freeNames(code: string): Set<string> {
  const source = ts.createSourceFile('block.ts', code, ts.ScriptTarget.Latest, true);
  const used = new Set<string>();
  const own = new Set<string>();
  const visit = (node: ts.Node): void => {
    if (ts.isIdentifier(node)) (isDeclaration(node) ? own : used).add(node.text);
    ts.forEachChild(node, visit);
  };
  visit(source);
  return new Set([...used].filter((name) => !own.has(name)));
}

function isDeclaration(node: ts.Identifier): boolean {
  const { parent } = node;
  if (ts.isImportSpecifier(parent) || ts.isImportClause(parent) || ts.isNamespaceImport(parent)) return true;
  const declares =
    ts.isVariableDeclaration(parent) || ts.isFunctionDeclaration(parent) || ts.isClassDeclaration(parent);
  return declares && parent.name === node && parent.parent !== undefined && isTopLevel(parent);
}

function isTopLevel(node: ts.Node): boolean {
  const statement = ts.isVariableDeclaration(node) ? node.parent.parent : node;
  return ts.isSourceFile(statement.parent);
}

/** What a module exports, re-exports included. */
function namesOf(file: string): Set<string> {
  const program = ts.createProgram([file], compilerOptions);
  const source = program.getSourceFile(file);
  const symbol = source && program.getTypeChecker().getSymbolAtLocation(source);
  if (symbol === undefined) throw new Error(`${file} is no module`);
  return new Set(
    program
      .getTypeChecker()
      .getExportsOfModule(symbol)
      .map(({ name }) => name),
  );
}

function readConfig(file: string): ts.CompilerOptions {
  const read = ts.readConfigFile(file, (path) => ts.sys.readFile(path));
  return ts.parseJsonConfigFileContent(read.config, ts.sys, join(file, '..')).options;
}
