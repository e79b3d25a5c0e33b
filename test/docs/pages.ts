/** Reads the pages that people read: which there are, their code blocks, headings and links. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const root = fileURLToPath(new URL('../../', import.meta.url));

/** A fenced block of a page. */
export interface CodeBlock {
  readonly page: string;
  /** Line of the page that the code starts on, counted from 1. */
  readonly line: number;
  readonly language: string;
  /** What stands behind the language: `run` for a block that is executed. */
  readonly mark: string;
  readonly code: string;
}

/** Every page of the repository, as a path from its root. */
export function pages(): string[] {
  const packages = ['libs', 'apps'].flatMap((folder) =>
    readdirSync(join(root, folder)).map((name) => `${folder}/${name}`),
  );
  const below = readdirSync(join(root, 'docs'), { recursive: true, encoding: 'utf8' });
  return [
    ...['.', 'lua', ...packages].flatMap((folder) =>
      readdirSync(join(root, folder)).map((name) => join(folder, name)),
    ),
    ...below.map((path) => `docs/${path}`),
  ]
    .filter((path) => path.endsWith('.md'))
    .toSorted();
}

export function exists(path: string): boolean {
  return existsSync(join(root, path));
}

export function textOf(page: string): string {
  return readFileSync(join(root, page), 'utf8');
}

const FENCE = /^( *)```(\w*) ?([^\n]*)\n(.*?)^\1```$/gms;

export function codeBlocks(page: string): CodeBlock[] {
  const text = textOf(page);
  return [...text.matchAll(FENCE)].map((match) => {
    const [, indent = '', language = '', mark = '', body = ''] = match;
    const line = text.slice(0, match.index).split('\n').length + 1;
    const code = body.replaceAll(new RegExp(`^${indent}`, 'gm'), '');
    return { page, line, language, mark: mark.trim(), code };
  });
}

/** The page without its code: neither blocks nor `spans`, which hold brackets that are no links. */
export function proseOf(page: string): string {
  return textOf(page)
    .replaceAll(FENCE, '')
    .replaceAll(/`[^`\n]*`/g, 'code');
}

/** The anchors that GitHub gives the headings of a page. */
export function anchorsOf(page: string): Set<string> {
  const seen = new Map<string, number>();
  const anchors = new Set<string>();
  for (const [, heading = ''] of textOf(page)
    .replaceAll(FENCE, '')
    .matchAll(/^#+ (.+)$/gm)) {
    const plain = heading.replaceAll(/[`*]/g, '').toLowerCase();
    const anchor = plain.replaceAll(/[^\p{L}\p{N}\p{M}_ -]/gu, '').replaceAll(' ', '-');
    const before = seen.get(anchor) ?? 0;
    seen.set(anchor, before + 1);
    anchors.add(before === 0 ? anchor : `${anchor}-${before}`);
  }
  return anchors;
}

/** A section of a page: its heading, and the text up to the next heading of the same or a higher level. */
export function sectionsOf(page: string, level: number): Map<string, string> {
  const marks = '#'.repeat(level);
  const parts = textOf(page).split(new RegExp(`^${marks} (.+)$`, 'm'));
  const sections = new Map<string, string>();
  for (let at = 1; at < parts.length; at += 2) {
    const [section = ''] = (parts[at + 1] ?? '').split(new RegExp(`^#{1,${level}} `, 'm'));
    sections.set(parts[at] ?? '', section);
  }
  return sections;
}
