/**
 * Looks at every decorated method of the application once, at boot: prepares its lock, so that faulty options stop the
 * application instead of the first call, wires objects that Nest did not construct, and asks scheduled methods to say
 * what they do when the lock is busy. Elections begin when the application has started.
 */
import { Logger, type OnApplicationBootstrap, type OnModuleInit } from '@nestjs/common';
import type { DiscoveryService } from '@nestjs/core';
import { LockConfigError, type Holdfast, type LeaderService } from '@holdfast/core';
import { discovered, prototypeOf, type Discovered } from './discovered.js';
import { ledMethods, type LedMethod } from './led-method.js';
import { lockedMethods, type LockedMethod } from './locked-method.js';
import type { GuardingServices } from './method-kinds.js';
import { refuseToStart } from './refuse-to-start.js';
import { auditSchedule } from './schedule-audit.js';
import { wireLeaders, wireLocks, wireOnce, wireSemaphores } from './wiring.js';

/** What the explorer of one instance works with. */
export interface ExplorerParts extends GuardingServices {
  readonly discovery: DiscoveryService;
  readonly leaders: LeaderService;
  readonly holdfast: Holdfast;
  readonly instance: string | undefined;
  /** What else is looked at, so that one error tells of everything. */
  readonly audits: readonly BootAudit[];
}

/** Looks at what other decorators of the instance left. */
export interface BootAudit {
  /** What is wrong, in one sentence each. */
  faults(): readonly string[];
}

/** The boot pass of one instance of the module. */
export class LockExplorer implements OnModuleInit, OnApplicationBootstrap {
  private readonly logger = new Logger('Holdfast');
  private readonly schedules = new AbortController();
  private readonly led = new Set<LedMethod>();

  constructor(private readonly parts: ExplorerParts) {}

  /**
   * Runs before the hooks of modules that aren't global.
   * @throws LockConfigError that lists the faults of all decorated methods; the connection is closed by then
   */
  async onModuleInit(): Promise<void> {
    const faults = new Set<string>();
    const warnings = new Set<string>();
    for (const provider of discovered(this.parts.discovery)) {
      const prototype = prototypeOf(provider);
      const methods = lockedMethods.of(prototype).filter((method) => this.isOurs(method));
      const led = ledMethods.of(prototype).filter((method) => this.isOurs(method));
      if (prototype === null || methods.length + led.length === 0) continue;
      this.wire(provider);
      for (const method of led) {
        this.led.add(method);
        for (const line of method.faults()) faults.add(line);
      }
      for (const method of methods) {
        const { fault, warning } = this.look(method, prototype, provider);
        for (const line of fault) faults.add(line);
        if (warning !== undefined) warnings.add(warning);
      }
    }
    for (const fault of this.parts.audits.flatMap((audit) => audit.faults())) faults.add(fault);
    for (const warning of warnings) this.logger.warn(warning);
    if (faults.size > 0) await refuseToStart(this.parts.holdfast, [...faults]);
  }

  /** Campaigns for every election that a method names. @throws LockConfigError */
  onApplicationBootstrap(): void {
    for (const method of this.led) method.campaignIn(this.parts.leaders);
  }

  /** From now on calls that a schedule makes are skipped; those that stand in line are given up. */
  stopSchedules(): void {
    this.schedules.abort();
  }

  private isOurs({ instance }: LockedMethod | LedMethod): boolean {
    return instance === this.parts.instance;
  }

  /** Nest injects into what it constructs, and only there: a factory's object or a value has to be given its service. */
  private wire(provider: Discovered): void {
    const instance: unknown = provider.instance;
    const constructed = provider.metatype !== null && provider.inject === undefined;
    if (constructed || provider.isAlias || typeof instance !== 'object' || instance === null) return;
    const { locks, semaphores, once, leaders, instance: ofModule } = this.parts;
    wireLocks(instance, locks, ofModule);
    wireSemaphores(instance, semaphores, ofModule);
    wireOnce(instance, once, ofModule);
    wireLeaders(instance, leaders, ofModule);
  }

  private look(
    method: LockedMethod,
    prototype: object,
    provider: Discovered,
  ): { fault: string[]; warning?: string } {
    const fault = this.prepare(method);
    const audit = auditSchedule(method, prototype);
    const instance: unknown = provider.instance;
    if (audit.scheduled && typeof instance === 'object' && instance !== null) {
      method.stops.add(this.schedules.signal, instance);
    }
    if (audit.fault !== undefined) fault.push(audit.fault);
    return audit.warning === undefined ? { fault } : { fault, warning: audit.warning };
  }

  private prepare(method: LockedMethod): string[] {
    try {
      method.prepare(method.kind.serviceIn(this.parts));
      return [];
    } catch (error) {
      if (!LockConfigError.is(error)) throw error;
      return error.faults.map((fault) => `${method.label}: ${fault}`);
    }
  }
}
