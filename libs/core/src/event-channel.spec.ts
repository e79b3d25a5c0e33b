import { channel } from 'node:diagnostics_channel';
import { describe, expect, it, onTestFinished } from 'vitest';
import { EventChannel, isAbout, type InstanceEvent } from './event-channel.js';
import { JOB_CHANNEL, jobEvents, onJobEvent, type JobEvent } from './job-events.js';

interface Rung extends InstanceEvent {
  readonly type: 'rung';
  readonly bell: number;
}

let channels = 0;

/** On a channel that no other test has. */
function bells() {
  channels += 1;
  const name = `test:bells-${channels}`;
  return {
    name,
    events: new EventChannel<Rung>(name, (message): message is Rung => isAbout(message, 'bell')),
  };
}

const rung = { type: 'rung', bell: 1 } as const;

describe('a channel of events', () => {
  it('builds nothing while nobody listens', () => {
    const { events } = bells();
    const publish = events.of('shop', 'web-1');
    let built = 0;
    const ring = () =>
      publish(() => {
        built += 1;
        return rung;
      });
    ring();
    const stop = events.listen(() => undefined);
    ring();
    stop();
    ring();
    expect(built).toBe(1);
  });

  it('tells every listener, also behind one that throws, and hurts nobody who tells', () => {
    const { events } = bells();
    const seen: number[] = [];
    const stops = [
      events.listen(() => {
        throw new Error('a bad observer');
      }),
      events.listen(({ bell }) => seen.push(bell)),
    ];
    expect(() => events.of('shop', 'web-1')(() => rung)).not.toThrow();
    for (const stop of stops) stop();
    expect(seen).toEqual([1]);
  });

  it('tells a listener nothing more when it was stopped, and the others go on hearing', () => {
    const { events } = bells();
    const seen: string[] = [];
    const [first, second] = ['first', 'second'].map((name) => events.listen(() => seen.push(name)));
    first?.();
    first?.();
    events.of('shop', 'web-1')(() => rung);
    second?.();
    expect(seen).toEqual(['second']);
  });

  it('says of which namespace and replica an event is', () => {
    const { events } = bells();
    const seen: Rung[] = [];
    const stop = events.listen((event) => seen.push(event));
    events.of('shop', 'web-1')(() => rung);
    events.of('billing', 'web-2')(() => ({ ...rung, bell: 2 }));
    stop();
    expect(seen).toEqual([
      { namespace: 'shop', replica: 'web-1', type: 'rung', bell: 1 },
      { namespace: 'billing', replica: 'web-2', type: 'rung', bell: 2 },
    ]);
  });

  it('leaves out whatever else somebody publishes there', () => {
    const { name, events } = bells();
    const seen: Rung[] = [];
    const stop = events.listen((event) => seen.push(event));
    for (const message of [undefined, null, 'text', 5, {}, { type: 'rung' }, { bell: 1 }])
      channel(name).publish(message);
    stop();
    expect(seen).toEqual([]);
  });
});

describe('events of jobs', () => {
  it('are told on the channel that is documented, to onJobEvent and to tools', () => {
    const seen: JobEvent[] = [];
    const raw: unknown[] = [];
    const note = (message: unknown): void => void raw.push(message);
    channel(JOB_CHANNEL).subscribe(note);
    const stop = onJobEvent((event) => seen.push(event));
    onTestFinished(() => {
      stop();
      channel(JOB_CHANNEL).unsubscribe(note);
    });
    jobEvents('shop', 'web-1')(() => ({ type: 'paused', job: 'report' }));
    channel(JOB_CHANNEL).publish({ type: 'granted', lockName: 'order' });
    expect(JOB_CHANNEL).toBe('holdfast:job');
    expect(seen).toEqual([{ namespace: 'shop', replica: 'web-1', type: 'paused', job: 'report' }]);
    expect(raw).toHaveLength(2);
  });
});
