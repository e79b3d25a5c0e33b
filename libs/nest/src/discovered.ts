/** What an application consists of, as the boot passes look at it. */
import type { DiscoveryService } from '@nestjs/core';

/** A provider or a controller. */
export type Discovered = ReturnType<DiscoveryService['getProviders']>[number];

/** All providers and controllers of the application. */
export function discovered(discovery: DiscoveryService): Discovered[] {
  return [...discovery.getProviders(), ...discovery.getControllers()];
}

/** Of the class if there is one, else of the object that a factory or a value provider gave. */
export function prototypeOf(provider: Discovered): object | null {
  const { metatype, instance }: { metatype: unknown; instance: unknown } = provider;
  const shape: unknown =
    typeof metatype === 'function' && provider.inject === undefined ? metatype.prototype : undefined;
  if (typeof shape === 'object' && shape !== null) return shape;
  return typeof instance === 'object' && instance !== null ? Reflect.getPrototypeOf(instance) : null;
}
