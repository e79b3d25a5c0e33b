// Counts round trips of this process: each time that it writes after it has read, or for the first time.
import { Socket } from 'node:net';
import { Duplex } from 'node:stream';

/** Starts to count on all sockets; what it gives back stops and says how many there were. */
export function tapSockets() {
  let trips = 0;
  let awaiting = false;
  const ownPush = Object.hasOwn(Socket.prototype, 'push') ? Socket.prototype.push : undefined;
  const ownWrite = Socket.prototype.write;
  Socket.prototype.write = function write(...args) {
    if (!awaiting) trips += 1;
    awaiting = true;
    return ownWrite.apply(this, args);
  };
  Socket.prototype.push = function push(...args) {
    awaiting = false;
    return (ownPush ?? Duplex.prototype.push).apply(this, args);
  };
  return () => {
    Socket.prototype.write = ownWrite;
    if (ownPush === undefined) delete Socket.prototype.push;
    else Socket.prototype.push = ownPush;
    return trips;
  };
}
