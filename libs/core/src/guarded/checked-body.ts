import { LockConfigError } from '../errors.js';
import { show } from '../time/duration.js';

/** From JavaScript anything may come. @throws LockConfigError unless `body` is a function */
export function checkedBody<Body>(what: string, body: Body): Body {
  if (typeof body === 'function') return body;
  throw new LockConfigError(`${what} cannot run`, [`body: ${show(body)} must be a function`]);
}
