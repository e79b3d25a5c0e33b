/** Every row of the fault matrix, in its order. */
import type { Row, RowElsewhere, RowText } from './row.js';
import { holderRows } from './rows/holder.js';
import { networkRows } from './rows/network.js';

export const rows: readonly Row[] = [...holderRows, ...networkRows];

/** What the table says of a row before it was played. */
export const catalogue: readonly (RowText | RowElsewhere)[] = rows.map((row) => {
  const { kind, id, fault, holds } = row;
  const text = { kind, id, fault, holds };
  if (row.kind !== 'elsewhere') return text;
  return { ...text, kind: row.kind, heldBy: row.heldBy, ...(row.awaited ? { awaited: row.awaited } : {}) };
});
