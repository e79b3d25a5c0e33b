// One row of the fault matrix loses packets between two network namespaces, which takes root and nftables.
import { ensureProgram } from './ensure-program.mjs';

if (process.getuid?.() === 0)
  ensureProgram({ program: 'nft', aptPackage: 'nftables', instead: 'row F47 is skipped' });
