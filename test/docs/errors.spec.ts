/** docs/errors.md explains every error there is, and says of HTTP what the filter does. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import * as core from '@holdfast/core';
import { toHttpException } from '@holdfast/nest';
import { describe, expect, it } from 'vitest';
import { root, sectionsOf, textOf } from './pages.js';

const source = readFileSync(join(root, 'libs/core/src/errors.ts'), 'utf8');
const codes = [...new Set(source.match(/ERR_LOCK_[A-Z_]+[A-Z]/g))];
const sections = sectionsOf('docs/errors.md', 3);

describe('docs/errors.md', () => {
  it('has a section for each code, and for nothing else', () => {
    expect(codes.length).toBeGreaterThanOrEqual(12);
    const explained = [...sections.keys()].map((heading) => /`(ERR_LOCK_\w+)`/.exec(heading)?.[1] ?? heading);
    expect(explained.toSorted()).toEqual(codes.toSorted());
  });

  it.each(codes)('says of %s when, what to do, which class, which fields and which status', (code) => {
    const [heading = '', text = ''] = [...sections].find(([title]) => title.includes(`\`${code}\``)) ?? [];
    const error = exampleOf(code);
    expect(heading).toContain(`\`${error.name}\``);
    const own = Object.keys(error).filter((field) => !['name', 'lockName', 'code'].includes(field));
    for (const field of own) expect(text, field).toContain(`\`${field}\``);
    expect(text).toContain('**When.**');
    expect(text).toContain('**What to do.**');
    expect(text).toContain(`**HTTP.** ${statusOf(code)}`);
  });

  it('names every condition that trouble with Redis can have', () => {
    const storeErrors = readFileSync(join(root, 'libs/core/src/lease/store-error.ts'), 'utf8');
    const [, union = ''] = /export type StoreCondition =(.*?);/s.exec(storeErrors) ?? [];
    const conditions = [...union.matchAll(/'([a-z-]+)'/g)].map(([, condition = '']) => condition);
    expect(conditions.length).toBeGreaterThan(10);
    expect(conditions.filter((condition) => !textOf('docs/errors.md').includes(`\`${condition}\``))).toEqual(
      [],
    );
  });
});

describe('README', () => {
  it('gives each code the status that the filter answers', () => {
    const rows = textOf('README.md').matchAll(/^\| (`ERR_.*?) +\| (\d{3}) /gm);
    const told = [...rows].flatMap(([, cell = '', status]) =>
      (cell.match(/ERR_LOCK_[A-Z_]+/g) ?? []).map((code) => [code, Number(status)]),
    );
    expect(Object.fromEntries(told)).toEqual(Object.fromEntries(codes.map((code) => [code, statusOf(code)])));
  });
});

function statusOf(code: string): number | undefined {
  return toHttpException(exampleOf(code))?.getStatus();
}

/** One error of each code, with every field set. */
function exampleOf(code: string): core.LockError {
  const contention = { heldBy: undefined, retryAfterMs: 1, waitedMs: 1 };
  const all: readonly core.LockError[] = [
    new core.LockBusyError('a', contention),
    new core.LockTimeoutError('a', contention),
    new core.LeaseLostError('a', { reason: 'expired', fence: 1 }),
    new core.LockHoldLimitError('a', { holdAtMostMs: 1, fence: 1 }),
    new core.RateLimitedError('a', { retryAfterMs: 1 }),
    new core.OnceFailedError('a', { name: 'Error', message: 'b' }),
    new core.OnceResultError('a', 'it is too large'),
    new core.ScriptReplyError('a', ['reply: it is odd']),
    new core.LockUnavailableError('a', { condition: 'timeout', waitedMs: 1 }),
    new core.LockRefusedError('a', { condition: 'wrong-type' }),
    new core.LockAbortedError('a', undefined),
    new core.LockClosedError('a'),
    new core.LockReentryError('a'),
    new core.StaleFenceError('a', { fence: 1, highestSeen: 2 }),
    new core.LockConfigError('a', ['b']),
    new core.LockNotWiredError('a', 'b'),
  ];
  const found = all.find((error) => error.code === code);
  if (found === undefined) throw new Error(`${code} has no example here`);
  return found;
}
