import { describe, expect, it } from 'vitest';
import { WatchedClock } from '../../../../test/integration/protocol/support/watched-clock.js';
import type { CardStore } from './card-store.js';
import { HolderDirectory } from './holder-directory.js';
import { HolderPresence } from './holder-presence.js';
import { readCard, type ProcessCard } from './process-card.js';

class Cards implements Omit<CardStore, 'list'> {
  readonly cards = new Map<string, string>();
  readonly calls: string[] = [];
  down = false;

  async announce(processId: string, details: string): Promise<void> {
    this.#answer(`announce ${details}`);
    this.cards.set(processId, details);
  }

  async withdraw(processId: string): Promise<void> {
    this.#answer('withdraw');
    this.cards.delete(processId);
  }

  async lookUp(processId: string): Promise<string | undefined> {
    this.#answer(`look up ${processId}`);
    return this.cards.get(processId);
  }

  #answer(call: string): void {
    this.calls.push(call);
    if (this.down) throw new Error('down');
  }
}

const processId = 'p'.repeat(22);
const token = `${processId}.1`;

describe('the directory of holders', () => {
  it('knows the process of a token at once and its name after one look-up in the background', async () => {
    const cards = new Cards();
    const directory = new HolderDirectory(cards, new WatchedClock());
    cards.cards.set(processId, JSON.stringify({ replica: 'r', host: 'h', pid: 7 }));
    expect(directory.holderOf(token)).toEqual({ processId });
    await directory.find(token);
    const lookUps = cards.calls.length;
    expect(directory.holderOf(token)).toEqual({ processId, replica: 'r', host: 'h', pid: 7 });
    expect(cards.calls).toHaveLength(lookUps);
  });

  it.each(['nonsense', '[]', 'null', '5', '{"pid":"7","host":null,"replica":3}'])(
    'leaves out what does not fit in a card of another version: %s',
    async (card) => {
      const cards = new Cards();
      cards.cards.set(processId, card);
      expect(await new HolderDirectory(cards, new WatchedClock()).find(token)).toEqual({ processId });
    },
  );

  it('costs a name and nothing else when cards cannot be read', async () => {
    const cards = new Cards();
    cards.down = true;
    expect(await new HolderDirectory(cards, new WatchedClock()).find(token)).toEqual({ processId });
  });

  it('waits for a name no longer than half a second', async () => {
    const [cards, clock] = [new Cards(), new WatchedClock()];
    cards.lookUp = () => new Promise(() => undefined);
    const found = new HolderDirectory(cards, clock).find(token);
    await clock.advance(500);
    expect(await found).toEqual({ processId });
  });

  it('knows nobody behind a marker, a foreign key or a free lock, and asks for none', async () => {
    const cards = new Cards();
    const directory = new HolderDirectory(cards, new WatchedClock());
    for (const other of [undefined, '', 'held:5', 'x'.repeat(50)]) {
      expect(directory.holderOf(other)).toBeUndefined();
      expect(await directory.find(other)).toBeUndefined();
    }
    expect(cards.calls).toEqual([]);
  });

  it('forgets the oldest of very many', async () => {
    const cards = new Cards();
    const directory = new HolderDirectory(cards, new WatchedClock());
    const tokenOf = (index: number): string => `${String(index).padStart(22, '0')}.1`;
    for (let index = 0; index < 257; index += 1) {
      cards.cards.set(tokenOf(index).slice(0, 22), '{"pid":1}');
      await directory.find(tokenOf(index));
    }
    const before = cards.calls.length;
    expect(directory.holderOf(tokenOf(256))).toMatchObject({ pid: 1 });
    expect(cards.calls).toHaveLength(before);
    expect(directory.holderOf(tokenOf(0))).not.toHaveProperty('pid');
  });
});

const cardOf = (pid: number): ProcessCard => ({
  ...{ replica: 'r', host: 'h', pid, version: '1.0', startedAt: 5 },
  ...{ jobs: ['close-books'], running: [{ job: 'close-books', run: '5000' }], leads: ['billing'] },
});

describe('the presence of a process', () => {
  it('is announced again and again, sooner after trouble, and taken back when it leaves', async () => {
    const [cards, clock] = [new Cards(), new WatchedClock()];
    let described = 0;
    const presence = new HolderPresence(cards, clock, { processId, describe: () => cardOf(++described) });
    cards.down = true;
    presence.announce();
    await clock.advance(1_000);
    cards.down = false;
    await clock.advance(1_000);
    expect(cards.calls).toHaveLength(3);
    expect(readCard(cards.cards.get(processId) ?? '')).toEqual(cardOf(3));
    await clock.advance(15_000);
    expect(cards.calls).toHaveLength(6);
    expect(readCard(cards.cards.get(processId) ?? '')).toEqual(cardOf(6));
    expect(clock.armed).toEqual({ ref: 0, unref: 1 });
    await presence.leave();
    expect([cards.cards.size, clock.pendingTimers]).toEqual([0, 0]);
  });

  it('leaves without a word when nobody listens any more', async () => {
    const [cards, clock] = [new Cards(), new WatchedClock()];
    const presence = new HolderPresence(cards, clock, { processId, describe: () => cardOf(1) });
    cards.down = true;
    presence.announce();
    await presence.leave();
    await clock.advance(60_000);
    expect(clock.pendingTimers).toBe(0);
  });
});
