// What both ways of calling Holdfast have in common.
import { createHoldfast } from '@holdfast/core';

const NAMESPACE = 'b';
const LOCK = 'l';

export const open = (port) =>
  createHoldfast({ connection: `redis://127.0.0.1:${port}`, namespace: NAMESPACE });

export const lockName = LOCK;
export const lockKeyOf = (key) => `hf1:${NAMESPACE}:{${LOCK}#${key}}:lock`;
export const fenceKeyOf = (key) => `hf1:${NAMESPACE}:{${LOCK}#${key}}:fence`;
