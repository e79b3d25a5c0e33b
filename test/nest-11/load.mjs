// For `node --import`: every package of Nest that a process asks for is the one of Nest 11, whoever asks; also
// @holdfast/nest, whose own imports would find Nest 12 at the root of the repository.
import { register } from 'node:module';

register('./resolve.mjs', import.meta.url);
