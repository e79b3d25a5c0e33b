/** `npm ci` works on every platform and with every registry, not only where the lockfile was written. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { root } from './repository.js';

interface LockedPackage {
  readonly resolved?: string;
  readonly integrity?: string;
  readonly link?: boolean;
  readonly optionalDependencies?: Readonly<Record<string, string>>;
}

const lockfile: { readonly packages: Readonly<Record<string, LockedPackage>> } = JSON.parse(
  readFileSync(join(root, 'package-lock.json'), 'utf8'),
);
const packages = Object.entries(lockfile.packages);

/** Names as a platform package has them: `@oxlint/binding-darwin-arm64`. */
const PLATFORM = /(linux|darwin|win32|freebsd|android|openharmony|wasm32)/;

it('names every platform package of those that have one binary each', () => {
  const missing = packages.flatMap(([path, { optionalDependencies = {} }]) =>
    Object.keys(optionalDependencies)
      .filter((name) => PLATFORM.test(name))
      .filter(
        (name) =>
          !(`node_modules/${name}` in lockfile.packages) &&
          !(`${path}/node_modules/${name}` in lockfile.packages),
      )
      .map((name) => `${path}: ${name}`),
  );
  expect(missing).toEqual([]);
  expect(packages.filter(([path]) => PLATFORM.test(path)).length).toBeGreaterThan(30);
});

it('names no registry', () => {
  expect(packages.filter(([, entry]) => entry.resolved?.includes('://')).map(([path]) => path)).toEqual([]);
});

it('has a checksum for everything that is downloaded', () => {
  const downloaded = packages.filter(
    ([path, entry]) => path.includes('node_modules/') && entry.link !== true,
  );
  expect(downloaded.filter(([, entry]) => entry.integrity === undefined).map(([path]) => path)).toEqual([]);
});
