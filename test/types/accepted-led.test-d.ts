/** What `@OnlyLeader` accepts. Compiled by each TypeScript that users may have; nothing here runs. */
import { applyDecorators, Get, type INestApplicationContext } from '@nestjs/common';
import { getLeaderServiceToken, leadership$, OnlyLeader, wireLeaders } from '@holdfast/nest';
import type { LeaderService } from '@holdfast/nest';
import { Observable, of } from 'rxjs';

export class Led {
  @OnlyLeader({ election: 'billing' })
  async nothing(): Promise<void> {}

  @OnlyLeader({ election: 'billing', instance: 'shop' })
  async maybe(id: string): Promise<string | undefined> {
    return id;
  }

  @OnlyLeader({ election: 'billing', returns: 'observable' })
  stream(): Observable<number> {
    return of(1);
  }

  @OnlyLeader({ election: 'billing' })
  async *rows(): AsyncGenerator<number> {
    yield 1;
  }

  @OnlyLeader({ election: 'billing' })
  untyped(): ReturnType<typeof JSON.parse> {
    return JSON.parse('null');
  }

  @applyDecorators(Get('together'), OnlyLeader({ election: 'billing' }))
  async together(): Promise<void> {}
}

/** Who leads is told apart by `leader`. */
export function leader(app: INestApplicationContext): Led {
  const leaders: LeaderService = app.get(getLeaderServiceToken());
  leadership$(leaders, 'billing', { preferred: true }).subscribe((now) => {
    const told: number | string = now.leader ? now.term : now.why;
    return told;
  });
  return wireLeaders(new Led(), leaders, 'shop');
}
