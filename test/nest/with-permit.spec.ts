/** `@WithPermit` in an application: so many calls at a time, wired, checked at boot and ended like `@WithLock`. */
import { Injectable } from '@nestjs/common';
import {
  currentLease,
  HoldfastModule,
  InjectSemaphoreService,
  LockBusyError,
  LockConfigError,
  SemaphoreService,
  WithPermit,
} from '@holdfast/nest';
import { Cron, ScheduleModule } from '@nestjs/schedule';
import { describe, expect, it } from 'vitest';
import { eventually } from '../support/eventually.js';
import { rejectionOf } from '../support/holdfasts.js';
import { decorate } from './support/decorate.js';
import { Gate } from './support/gate.js';
import { connected, startApp } from './support/test-app.js';

@Injectable()
class Thumbnails {
  readonly gate = new Gate();
  running = 0;
  most = 0;

  constructor(readonly semaphores: SemaphoreService) {}

  @WithPermit({ name: 'thumbnails', permits: 2 })
  async render(image: string): Promise<string> {
    this.running += 1;
    this.most = Math.max(this.most, this.running);
    await this.gate.opened;
    this.running -= 1;
    return `${image} under ${currentLease()?.lockName}`;
  }

  @WithPermit({ name: 'thumbnails', permits: 2, whenBusy: 'skip' })
  async maybe(): Promise<string | undefined> {
    return 'done';
  }

  @WithPermit({ name: 'thumbnails', permits: 2, wait: 0 })
  async atOnce(): Promise<string> {
    return 'done';
  }

  @WithPermit({ name: 'customer', key: (id: string) => id, permits: 1, wait: 0 })
  async forCustomer(id: string): Promise<string> {
    return id;
  }
}

describe('@WithPermit', () => {
  it('lets so many calls run at a time on all replicas, and each of them in the end', async () => {
    const { app, outsider } = await startApp({ providers: [Thumbnails] });
    const thumbnails = app.get(Thumbnails);
    const elsewhere = await outsider.semaphores.acquire('thumbnails', { permits: 2 });
    const calls = ['a', 'b', 'c'].map((image) => thumbnails.render(image));
    await eventually(async () => (await outsider.semaphores.inspect('thumbnails')).waiting === 2);
    expect(thumbnails.running).toBe(1);
    expect(await thumbnails.maybe()).toBeUndefined();
    expect(await rejectionOf(thumbnails.atOnce())).toSatisfy((error) => LockBusyError.is(error));
    await elsewhere.release();
    await eventually(() => thumbnails.running === 2);
    thumbnails.gate.open();
    expect(await Promise.all(calls)).toEqual(['a', 'b', 'c'].map((image) => `${image} under thumbnails`));
    expect(thumbnails.most).toBe(2);
    expect(await thumbnails.maybe()).toBe('done');
  });

  it('counts for each key', async () => {
    const { app } = await startApp({ providers: [Thumbnails] });
    const thumbnails = app.get(Thumbnails);
    await using held = await thumbnails.semaphores.acquire('customer', { permits: 1, key: 'a' });
    expect(held.held).toBe(true);
    expect(await rejectionOf(thumbnails.forCustomer('a'))).toSatisfy((error) => LockBusyError.is(error));
    expect(await thumbnails.forCustomer('b')).toBe('b');
  });

  it('has the semaphores of its instance', async () => {
    @Injectable()
    class Exports {
      constructor(@InjectSemaphoreService('billing') readonly semaphores: SemaphoreService) {}

      @WithPermit({ name: 'exports', permits: 1, instance: 'billing' })
      async run(): Promise<number> {
        return (await this.semaphores.inspect('exports')).taken;
      }
    }
    const { app } = await startApp({
      holdfastModules: [HoldfastModule.forRoot({ ...connected(), instance: 'billing' })],
      providers: [Exports],
    });
    expect(await app.get(Exports).run()).toBe(1);
  });

  it('may stand on a scheduled method without saying what happens when it is busy', async () => {
    @Injectable()
    class Scheduled {
      @Cron('0 0 1 1 *')
      @WithPermit({ name: 'scheduled', permits: 2 })
      async run(): Promise<string> {
        return 'done';
      }
    }
    const { app } = await startApp({
      imports: [ScheduleModule.forRoot()],
      providers: [Scheduled],
    });
    expect(await app.get(Scheduled).run()).toBe('done');
  });

  it.each([
    ['permits: 0 must be an integer from 1', { name: 'x', permits: 0 }],
    ['weight: 3 must not be more than permits (2)', { name: 'x', permits: 2, weight: 3 }],
    ['holdAtLeast: unknown option', { name: 'x', permits: 2, holdAtLeast: '5s' }],
  ])('stops the application from starting: %s', async (message, options) => {
    class Wrong {
      async run(): Promise<string> {
        return 'never';
      }
    }
    const decorator: MethodDecorator = Reflect.apply(WithPermit, undefined, [options]);
    decorate(Wrong.prototype, 'run', [decorator]);
    const starting = startApp({ providers: [Wrong] });
    const error = await rejectionOf(starting);
    expect(error).toSatisfy((told) => LockConfigError.is(told));
    expect(String(error)).toContain(message);
  });

  it('is refused without a name when the class is loaded', () => {
    class Nameless {
      async run(): Promise<string> {
        return 'never';
      }
    }
    const decorator: MethodDecorator = Reflect.apply(WithPermit, undefined, []);
    expect(() => decorate(Nameless.prototype, 'run', [decorator])).toThrow(
      /@WithPermit\(\{ name: 'thumbnails'/,
    );
  });

  it('never runs unguarded on an object that no service reached', async () => {
    class Lonely {
      @WithPermit({ name: 'x', permits: 1 })
      async run(): Promise<string> {
        return 'never';
      }
    }
    expect(await rejectionOf(new Lonely().run())).toMatchObject({ code: 'ERR_LOCK_NOT_WIRED' });
  });
});
