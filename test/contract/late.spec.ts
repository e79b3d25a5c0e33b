/** All contracts but that of jobs on the embedded host, on real time and behind a slow network. */
import { describe, it } from 'vitest';
import { allButJobs } from './support/all-contracts.js';
import { lateHosts } from './support/late-hosts.js';

// These mostly wait, each on a server of its own, so several may run side by side.
for (const host of lateHosts) allButJobs(host, { describe: describe.concurrent, it });
