// Tests and the demo run against a real redis-server, started by them on free ports.
import { ensureProgram } from './ensure-program.mjs';

ensureProgram({ program: 'redis-server', aptPackage: 'redis-server', startsService: true });
