/** Who stands behind a process without a card: asked once at a time, and not again for a second. */
import { expect, it } from 'vitest';
import { WatchedClock } from '../../../../test/integration/protocol/support/watched-clock.js';
import type { CardStore } from './card-store.js';
import { HolderDirectory } from './holder-directory.js';

class Cards implements Pick<CardStore, 'lookUp'> {
  card: string | undefined;
  lookUps = 0;
  down = false;

  async announce(): Promise<void> {
    throw new Error('nobody announces here');
  }

  async withdraw(): Promise<void> {
    throw new Error('nobody withdraws here');
  }

  async lookUp(): Promise<string | undefined> {
    this.lookUps += 1;
    if (this.down) throw new Error('down');
    return this.card;
  }
}

const processId = 'p'.repeat(22);
const token = `${processId}.1`;

function setUp() {
  const [cards, clock] = [new Cards(), new WatchedClock()];
  const directory = new HolderDirectory(cards, clock);
  const ask = (times: number): void => {
    for (let asked = 0; asked < times; asked += 1) expect(directory.holderOf(token)).toEqual({ processId });
  };
  return { cards, clock, directory, ask };
}

it('200 busy answers in one tick about a process make one look-up', async () => {
  const { cards, clock, ask } = setUp();
  ask(200);
  await clock.settle();
  expect(cards.lookUps).toBe(1);
});

it.each([
  ['has no card', false],
  ['cannot be looked up', true],
])('a process that %s is looked up again after a second at the earliest', async (_, down) => {
  const { cards, clock, ask } = setUp();
  cards.down = down;
  ask(200);
  await clock.settle();
  for (let tenth = 0; tenth < 9; tenth += 1) {
    ask(20);
    await clock.advance(100);
  }
  expect(cards.lookUps).toBe(1);
  await clock.advance(101);
  ask(200);
  await clock.settle();
  expect(cards.lookUps).toBe(2);
});

it('a look-up that does not come back keeps others from being started', async () => {
  const { cards, clock, ask } = setUp();
  cards.lookUp = () => {
    cards.lookUps += 1;
    return new Promise(() => undefined);
  };
  ask(200);
  await clock.advance(499);
  ask(200);
  expect(cards.lookUps).toBe(1);
});

it('a card that appears after a miss is found', async () => {
  const { cards, clock, directory, ask } = setUp();
  ask(1);
  await clock.settle();
  cards.card = '{"pid":7}';
  await clock.advance(1_001);
  ask(1);
  await clock.settle();
  expect(directory.holderOf(token)).toEqual({ processId, pid: 7 });
});
