// Two counts of windows side by side.
import { limitsBy } from './holdfast-limits.mjs';

export default limitsBy('holdfast-sliding-window-counter', 'sliding-window-counter');
