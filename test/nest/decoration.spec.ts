import { applyDecorators, SetMetadata } from '@nestjs/common';
import { LockConfigError, WithLock } from '@holdfast/nest';
import { describe, expect, it } from 'vitest';
import { decorate } from './support/decorate.js';

/** What a JavaScript program, or a compiler with other settings, might call the decorator with. */
function misuse(target: unknown, property: unknown, descriptor?: PropertyDescriptor): unknown {
  return Reflect.apply(WithLock('order'), undefined, [target, property, descriptor]);
}

describe('@WithLock refuses when the class is loaded', () => {
  class Orders {
    static async all(): Promise<void> {}
    get total(): number {
      return 0;
    }
    arrow = async (): Promise<void> => undefined;
    *rows(): Generator<number> {
      yield 1;
    }
  }
  const descriptorOf = (target: object, property: string) =>
    Object.getOwnPropertyDescriptor(target, property);

  it.each([
    ['a static method', () => misuse(Orders, 'all', descriptorOf(Orders, 'all')), /Orders\.all: .*static/],
    ['a class', () => misuse(Orders, undefined), /@WithLock on Orders: .*static/],
    [
      'an accessor',
      () => misuse(Orders.prototype, 'total', descriptorOf(Orders.prototype, 'total')),
      /Orders\.total: .*accessor/,
    ],
    ['an arrow property', () => misuse(Orders.prototype, 'arrow'), /Orders\.arrow: .*property/],
    [
      'a generator',
      () => misuse(Orders.prototype, 'rows', descriptorOf(Orders.prototype, 'rows')),
      /Orders\.rows: .*async/,
    ],
    [
      'standard decorators',
      () => misuse(Orders.prototype.rows, { kind: 'method' }),
      /experimentalDecorators/,
    ],
    ['no target', () => misuse(undefined, 'x'), /this\.x: it works on methods/],
  ])('%s', (_, decorating, message) => {
    expect(decorating).toThrow(LockConfigError);
    expect(decorating).toThrow(message);
  });

  it.each([
    ['no options', [], /name: must be given/],
    ['an instance that is no name', [{ name: 'order', instance: 7 }], /instance: 7 must be a name/],
  ])('%s', (_, given, message) => {
    class Refunds {
      async pay(): Promise<void> {}
    }
    const decorator: MethodDecorator = Reflect.apply(WithLock, undefined, given);
    expect(() => decorate(Refunds.prototype, 'pay', [decorator])).toThrow(message);
  });
});

describe('the wrapper', () => {
  it('has the name, the number of parameters and all metadata of the method', () => {
    const KEY = Symbol('key');
    class Orders {
      async pay(_id: string, _amount: number): Promise<void> {}
    }
    const original = Orders.prototype.pay;
    decorate(Orders.prototype, 'pay', [
      SetMetadata('above', 1),
      WithLock('order'),
      SetMetadata(KEY, 2),
      SetMetadata('below', { deep: true }),
    ]);
    const wrapper = Orders.prototype.pay;
    expect(wrapper).not.toBe(original);
    expect([wrapper.name, wrapper.length]).toEqual(['pay', 2]);
    expect(Reflect.getOwnMetadata('above', wrapper)).toBe(1);
    expect(Reflect.getOwnMetadata(KEY, wrapper)).toBe(2);
    expect(Reflect.getOwnMetadata('below', wrapper)).toEqual({ deep: true });
  });

  it('is there with applyDecorators too, which ignores what decorators return', () => {
    class Orders {
      async pay(): Promise<void> {}
    }
    const original = Orders.prototype.pay;
    decorate(Orders.prototype, 'pay', [applyDecorators(SetMetadata('a', 1), WithLock('order'))]);
    expect(Orders.prototype.pay).not.toBe(original);
  });

  it('stays writable and configurable, so that tests can replace it', () => {
    class Orders {
      async pay(): Promise<number> {
        return 1;
      }
    }
    decorate(Orders.prototype, 'pay', [WithLock('order')]);
    expect(Object.getOwnPropertyDescriptor(Orders.prototype, 'pay')).toMatchObject({
      writable: true,
      configurable: true,
      enumerable: false,
    });
  });
});
