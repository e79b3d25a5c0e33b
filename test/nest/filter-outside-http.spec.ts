import type { ArgumentsHost } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import { ExecutionContextHost } from '@nestjs/core/helpers/execution-context-host.js';
import { LockBusyError, LockExceptionFilter } from '@holdfast/nest';
import { firstValueFrom, isObservable } from 'rxjs';
import { describe, expect, it } from 'vitest';

const error = new LockBusyError('order', {
  heldBy: { processId: 'secret-process', host: 'secret-host' },
  retryAfterMs: 1_000,
  waitedMs: 0,
});
const PACKET = {
  status: 'error',
  message: 'Somebody else is working on this; try again later',
  errorCode: 'ERR_LOCK_BUSY',
};

/** Where an error surfaces, as Nest describes it to a filter. */
function hostOf(type: string, client: unknown = {}): ArgumentsHost {
  return Object.assign(new ExecutionContextHost([client]), { getType: () => type });
}

describe('outside HTTP the filter', () => {
  const filter = new LockExceptionFilter(new HttpAdapterHost(), 409);

  it('sends the caller of a message handler what Nest sends for errors, without the holder', async () => {
    const answer = filter.catch(error, hostOf('rpc'));
    expect(isObservable(answer)).toBe(true);
    if (isObservable(answer)) await expect(firstValueFrom(answer)).rejects.toEqual(PACKET);
  });

  it('tells the client of a gateway, because a throw there would end the process', () => {
    const sent: unknown[] = [];
    const client = { emit: (event: string, packet: unknown) => sent.push([event, packet]) };
    filter.catch(error, hostOf('ws', client));
    expect(sent).toEqual([['exception', PACKET]]);
    expect(filter.catch(error, hostOf('ws'))).toBeUndefined();
  });

  it('passes the error on everywhere else, as in GraphQL', () => {
    expect(() => filter.catch(error, hostOf('graphql'))).toThrow(error);
  });
});
