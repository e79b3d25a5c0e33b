/** Every row of the fault matrix, in its order. */
import type { Row, RowElsewhere, RowText } from './row.js';
import { badNetworkRows } from './rows/bad-network.js';
import { chaosRows } from './rows/chaos.js';
import { clientRows } from './rows/client-options.js';
import { clockRows } from './rows/clocks.js';
import { rowsElsewhere } from './rows/elsewhere.js';
import { holderRows } from './rows/holder.js';
import { keyRows } from './rows/keys-lost.js';
import { nameRows } from './rows/names.js';
import { networkRows } from './rows/network.js';
import { realNetworkRows } from './rows/real-network.js';
import { refusalRows } from './rows/refusals.js';
import { replyRows } from './rows/replies.js';
import { lossRows } from './rows/server-loss.js';
import { troubleRows } from './rows/server-trouble.js';
import { shutdownRows } from './rows/shutdown.js';
import { userRows } from './rows/users-code.js';
import { waiterRows } from './rows/waiters.js';

const byId = (a: Row, b: Row): number => a.id.localeCompare(b.id);

export const rows: readonly Row[] = [
  ...holderRows,
  ...networkRows,
  ...badNetworkRows,
  ...chaosRows,
  ...clientRows,
  ...realNetworkRows,
  ...replyRows,
  ...lossRows,
  ...keyRows,
  ...troubleRows,
  ...refusalRows,
  ...clockRows,
  ...userRows,
  ...shutdownRows,
  ...waiterRows,
  ...nameRows,
  ...rowsElsewhere,
].toSorted(byId);

/** What the table says of a row before it was played. */
export const catalogue: readonly (RowText | RowElsewhere)[] = rows.map((row) => {
  const { kind, id, fault, holds } = row;
  const text = { kind, id, fault, holds };
  if (row.kind !== 'elsewhere') return text;
  return { ...text, kind: row.kind, heldBy: row.heldBy };
});
