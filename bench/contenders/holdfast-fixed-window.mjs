// A window of the clock, as the reference counts.
import { limitsBy } from './holdfast-limits.mjs';

export default limitsBy('holdfast-fixed-window', 'fixed-window');
