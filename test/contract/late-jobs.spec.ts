/** The contract of jobs on the embedded host, on real time and behind a slow network: it waits for ticks. */
import { jobContract } from '@holdfast/testing';
import { describe, it } from 'vitest';
import { lateHosts } from './support/late-hosts.js';

// These mostly wait, each on a server of its own, so several may run side by side.
for (const host of lateHosts) jobContract(host, { describe: describe.concurrent, it });
