/** Sets the clock of a replica wrong, as --skew says. Has to be the first import: who keeps `Date` keeps the wrong one. */
import { skewedDate } from './skewed-date.js';

const offsetMs = Number(process.argv[2] ?? 0);
if (offsetMs !== 0) globalThis.Date = skewedDate(offsetMs);
