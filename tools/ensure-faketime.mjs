// Replicas of tests get wrong clocks from libfaketime, as an operating system would give them.
import { ensureProgram } from './ensure-program.mjs';

ensureProgram({
  program: 'faketime',
  aptPackage: 'faketime',
  instead: 'the processes of the tests set their clocks themselves',
});
