import 'reflect-metadata';
import { Controller, Injectable, Module, Param, Post } from '@nestjs/common';
import { Cron, ScheduleModule } from '@nestjs/schedule';
import { currentLease, HoldfastModule, LockService, WithLock } from '@holdfast/nest';

@Controller('orders')
export class OrdersController {
  constructor(private readonly locks: LockService) {}

  @Post(':id/pay')
  @WithLock({ name: 'order', key: (id: string) => id })
  async pay(@Param('id') id: string): Promise<{ id: string; guarded: boolean; busyForOthers: boolean }> {
    const lease = currentLease();
    const { held } = await this.locks.inspect('order', id);
    return { id, guarded: lease !== undefined && lease.fence > 0, busyForOthers: held };
  }
}

@Injectable()
export class ReportJob {
  runs = 0;
  guarded = 0;

  @Cron('* * * * * *')
  @WithLock({ name: 'report', whenBusy: 'skip', holdAtLeast: '500ms' })
  async report(): Promise<void> {
    this.runs += 1;
    if (currentLease() !== undefined) this.guarded += 1;
  }
}

@Module({
  imports: [
    ScheduleModule.forRoot(),
    HoldfastModule.forRootAsync({
      useFactory: () => ({
        connection: process.env['REDIS_URL'] ?? 'redis://localhost:6379',
        namespace: 'fresh',
      }),
    }),
  ],
  controllers: [OrdersController],
  providers: [ReportJob],
})
export class AppModule {}
