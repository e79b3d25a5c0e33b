import { faulty, type Faults } from '@holdfast/testing';
import type { onSettableClock } from './embedded-subject.js';

/** The embedded host behind a bad network that nobody should notice: with a fault that is on from the beginning. */
export function behind(fault: (faults: Faults) => void): Parameters<typeof onSettableClock>[0] {
  return (provider) => {
    const connection = faulty(provider);
    fault(connection.faults);
    return connection;
  };
}
