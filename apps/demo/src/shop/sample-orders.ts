import { readFile } from 'node:fs/promises';
import type { Order } from '../bookkeeping/entries.js';
import { readOrder } from '../bookkeeping/wire-entries.js';
import { Fields } from '../wire/fields.js';

const FILE = new URL('../../data/sample-orders.ndjson', import.meta.url);

/** The orders that came in as a file. */
export async function sampleOrders(): Promise<Order[]> {
  const lines = (await readFile(FILE, 'utf8')).split('\n').filter((line) => line !== '');
  return lines.map((line, index) => readOrder(Fields.parse(line, `line ${index + 1} of the sample file`)));
}
