// The default algorithm: one number a key, no edge of a window.
import { limitsBy } from './holdfast-limits.mjs';

export default limitsBy('holdfast-gcra', 'gcra');
