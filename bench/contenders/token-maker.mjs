// Tokens of the references: unique across processes, and as cheap as can be.
import { randomBytes } from 'node:crypto';

export function tokenMaker() {
  const mine = randomBytes(9).toString('base64url');
  let last = 0;
  return () => `${mine}:${(last += 1).toString(36)}`;
}
