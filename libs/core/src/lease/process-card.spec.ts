import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readCard, writeCard, type ProcessCard } from './process-card.js';

const card: ProcessCard = {
  replica: 'web-1',
  host: 'a',
  pid: 7,
  version: '1.2.0',
  startedAt: 1_800_000_000_000,
  jobs: ['close-books'],
  running: [{ job: 'close-books', run: '1800000000000' }],
  leads: ['billing'],
};
const blank: ProcessCard = {
  ...{ replica: undefined, host: undefined, pid: undefined, version: undefined, startedAt: undefined },
  ...{ jobs: [], running: [], leads: [] },
};

describe('the card of a process', () => {
  it('is read as it was written, also without a version', () => {
    expect(readCard(writeCard(card))).toEqual(card);
    expect(readCard(writeCard({ ...card, version: undefined }))).toEqual({ ...card, version: undefined });
  });

  it('names a hundred jobs, runs and elections at most', () => {
    const names = Array.from({ length: 150 }, (_, at) => `job-${at}`);
    const running = names.map((job) => ({ job, run: '1' }));
    const read = readCard(writeCard({ ...card, jobs: names, running, leads: names }));
    expect([read.jobs, read.running, read.leads].map((all) => all.length)).toEqual([100, 100, 100]);
  });

  it('of another version is read as far as it fits, and without what does not', () => {
    const strange = { ...card, pid: '7', jobs: ['a', 5, null], running: [{ job: 'a' }, null, 'x'], more: 1 };
    expect(readCard(JSON.stringify(strange))).toEqual({
      ...card,
      pid: undefined,
      jobs: ['a'],
      running: [],
    });
    expect(readCard('{"host":"a"}')).toEqual({ ...blank, host: 'a' });
  });

  it('is blank when it is no card, whatever it is', () => {
    for (const text of ['', 'null', '5', '"x"', '[', '[1]']) expect(readCard(text)).toEqual(blank);
    fc.assert(
      fc.property(fc.json(), (text) => {
        expect(readCard(text).jobs).toEqual([]);
      }),
    );
  });
});
