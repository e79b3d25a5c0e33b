// What the tests start besides Node, one after the other, for apt does one thing at a time.
import './ensure-redis.mjs';
import './ensure-faketime.mjs';
import './ensure-nft.mjs';
