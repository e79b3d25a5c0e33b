import { describe, expect, it } from 'vitest';
import { skewedDate } from '../../apps/demo/src/skewed-date.js';

const HOUR_MS = 3_600_000;

describe('a clock that is wrong', () => {
  it.each([HOUR_MS, -HOUR_MS])('says a now that is %i ms off, in each way to ask for it', (offsetMs) => {
    const WrongDate = skewedDate(offsetMs);
    const rightNow = Date.now();
    const said = [WrongDate.now(), new WrongDate().getTime(), Date.parse(WrongDate())];
    for (const now of said) expect(Math.abs(now - offsetMs - rightNow)).toBeLessThan(HOUR_MS / 60);
  });

  it('is a Date in everything else', () => {
    const WrongDate = skewedDate(HOUR_MS);
    class Subclass extends WrongDate {}
    expect(new WrongDate(5).getTime()).toBe(5);
    expect(new WrongDate(2026, 0, 2).getDate()).toBe(2);
    expect(WrongDate.UTC(2026, 0)).toBe(Date.UTC(2026, 0));
    expect(new WrongDate()).toBeInstanceOf(Date);
    expect(new Date(5)).toBeInstanceOf(WrongDate);
    expect(new Subclass()).toBeInstanceOf(Subclass);
  });
});
