import { randomBytes } from 'node:crypto';

/** A namespace that no other spec file and no earlier run uses, so that files may share a server. */
export function uniqueNamespace(): string {
  return `t${randomBytes(6).toString('hex')}`;
}
