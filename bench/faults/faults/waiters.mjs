import { crowd } from '../trial/crowd.mjs';

/** @type {import('./fault.d.ts').Crowded} */
export default {
  id: 'W20',
  title: 'No fault: 20 waiters in two processes, and the holder lets go',
  trial: crowd,
};
