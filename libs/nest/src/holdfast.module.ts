/** The module: one instance of Holdfast, its services, the boot pass, the exception filter and the shutdown. */
import {
  ConfigurableModuleBuilder,
  Module,
  type ConfigurableModuleOptionsFactory,
  type InjectionToken,
  type Provider,
} from '@nestjs/common';
import { APP_FILTER, DiscoveryModule, DiscoveryService, HttpAdapterHost } from '@nestjs/core';
import {
  createHoldfast,
  type Holdfast,
  type JobService,
  type LeaderService,
  type LockService,
  type OnceService,
  type SemaphoreService,
} from '@holdfast/core';
import { HoldfastHealthIndicator } from './health.indicator.js';
import { JobExplorer } from './job.explorer.js';
import { LockExceptionFilter, NoLockExceptionFilter } from './lock-exception.filter.js';
import { LockExplorer } from './lock.explorer.js';
import {
  readModuleOptions,
  type HoldfastModuleExtras,
  type HoldfastModuleOptions,
  type ModuleSettings,
} from './module-options.js';
import { ShutdownService } from './shutdown.service.js';
import {
  getHealthIndicatorToken,
  getHoldfastToken,
  getInspectorToken,
  getJobServiceToken,
  getLatchServiceToken,
  getLeaderServiceToken,
  getLockServiceToken,
  getOnceServiceToken,
  getQuotaServiceToken,
  getRateLimiterServiceToken,
  getScriptServiceToken,
  getSemaphoreServiceToken,
} from './tokens.js';

const OPTIONS = Symbol.for('@holdfast/nest options');
const SETTINGS = Symbol.for('@holdfast/nest settings');

/** What an application may inject. */
const OFFERED = [
  getHoldfastToken,
  getLockServiceToken,
  getSemaphoreServiceToken,
  getRateLimiterServiceToken,
  getQuotaServiceToken,
  getOnceServiceToken,
  getLatchServiceToken,
  getScriptServiceToken,
  getJobServiceToken,
  getLeaderServiceToken,
  getInspectorToken,
  getHealthIndicatorToken,
] as const;

/** What the decorators that guard methods ask. */
const GUARDING = [
  getLockServiceToken,
  getSemaphoreServiceToken,
  getOnceServiceToken,
  getLeaderServiceToken,
] as const;

const { ConfigurableModuleClass } = new ConfigurableModuleBuilder<HoldfastModuleOptions>({
  optionsInjectionToken: OPTIONS,
})
  .setClassMethodName('forRoot')
  .setFactoryMethodName('createHoldfastOptions')
  .setExtras<HoldfastModuleExtras>({ isGlobal: true, instance: undefined }, (definition, extras) => ({
    ...definition,
    global: extras.isGlobal ?? true,
    providers: [
      ...(definition.providers ?? []),
      ...[serviceProvidersOf, providersOf, jobProvidersOf].flatMap((made) => made(extras)),
    ],
    exports: OFFERED.map((tokenOf) => tokenOf(extras.instance)),
  }))
  .build();

/** For `forRootAsync({ useClass })` and `useExisting`: a class that makes the options. */
export type HoldfastOptionsFactory = ConfigurableModuleOptionsFactory<
  HoldfastModuleOptions,
  'createHoldfastOptions'
>;

/**
 * Brings locks, semaphores, rate limiters, jobs and elections into an application: `@WithLock`, `LockService`,
 * `@WithPermit`, `SemaphoreService`, `@RateLimit`, `RateLimiterService`, `QuotaService`, `@Once`, `OnceService`, `@ClusterCron`, `JobService`, `@OnlyLeader`,
 * `LeaderService`, `Inspector`, `HoldfastHealthIndicator`, answers to HTTP requests that a lock failed,
 * and a shutdown that lets holders and runs finish.
 *
 * `forRoot(options)` takes the options as they are, `forRootAsync({ imports, inject, useFactory | useClass |
 * useExisting })` gets them from the application. Both take `isGlobal` and `instance` beside. Nothing connects before
 * the application is created; start goes on without Redis after `connectTimeout`.
 *
 * @throws LockConfigError from the start of the application, listing every fault of the options
 * @example `HoldfastModule.forRoot({ connection: 'redis://localhost:6379', namespace: 'shop' })`
 */
@Module({ imports: [DiscoveryModule] })
export class HoldfastModule extends ConfigurableModuleClass {}

function providersOf(extras: HoldfastModuleExtras): Provider[] {
  const { instance } = extras;
  const holdfast = getHoldfastToken(instance);
  return [
    {
      provide: SETTINGS,
      inject: [OPTIONS],
      useFactory: (options: HoldfastModuleOptions) => readModuleOptions(options, extras),
    },
    { provide: holdfast, inject: [SETTINGS], useFactory: ({ core }: ModuleSettings) => createHoldfast(core) },
    explorerOf(extras),
    {
      provide: ShutdownService,
      inject: [LockExplorer, holdfast, SETTINGS],
      useFactory: (explorer: LockExplorer, made: Holdfast, { graceMs }: ModuleSettings) =>
        new ShutdownService({ explorer, holdfast: made, graceMs }),
    },
    {
      provide: APP_FILTER,
      inject: [HttpAdapterHost, SETTINGS],
      useFactory: (adapterHost: HttpAdapterHost, { filter }: ModuleSettings) =>
        filter.enabled
          ? new LockExceptionFilter(adapterHost, filter.contendedStatus)
          : new NoLockExceptionFilter(),
    },
  ];
}

/** The boot pass, with what the decorators that guard methods ask: tests may have put something else in its place. */
function explorerOf({ instance }: HoldfastModuleExtras): Provider {
  const services = GUARDING.map((tokenOf) => tokenOf(instance));
  return {
    provide: LockExplorer,
    inject: [DiscoveryService, getHoldfastToken(instance), JobExplorer, ...services],
    useFactory: (
      discovery: DiscoveryService,
      made: Holdfast,
      ...[jobs, locks, semaphores, once, leaders]: [
        JobExplorer,
        LockService,
        SemaphoreService,
        OnceService,
        LeaderService,
      ]
    ) =>
      new LockExplorer({
        ...{ discovery, holdfast: made, instance, locks, semaphores, once, leaders },
        audits: [jobs],
      }),
  };
}

/** What an instance offers, each under a token of its own. */
function serviceProvidersOf({ instance }: HoldfastModuleExtras): Provider[] {
  const inject = [getHoldfastToken(instance)];
  const offer = (provide: InjectionToken, service: (holdfast: Holdfast) => object): Provider => ({
    provide,
    inject,
    useFactory: service,
  });
  return [
    offer(getLockServiceToken(instance), ({ locks }) => locks),
    offer(getSemaphoreServiceToken(instance), ({ semaphores }) => semaphores),
    offer(getRateLimiterServiceToken(instance), ({ limiters }) => limiters),
    offer(getQuotaServiceToken(instance), ({ quotas }) => quotas),
    offer(getOnceServiceToken(instance), ({ once }) => once),
    offer(getLatchServiceToken(instance), ({ latches }) => latches),
    offer(getScriptServiceToken(instance), ({ scripts }) => scripts),
    offer(getJobServiceToken(instance), ({ jobs }) => jobs),
    offer(getLeaderServiceToken(instance), ({ leaders }) => leaders),
    offer(getInspectorToken(instance), ({ inspector }) => inspector),
    offer(getHealthIndicatorToken(instance), (holdfast) => new HoldfastHealthIndicator(holdfast)),
  ];
}

function jobProvidersOf({ instance }: HoldfastModuleExtras): Provider[] {
  const [holdfast, jobs] = [getHoldfastToken(instance), getJobServiceToken(instance)];
  return [
    {
      provide: JobExplorer,
      inject: [DiscoveryService, jobs, holdfast],
      useFactory: (discovery: DiscoveryService, service: JobService, made: Holdfast) =>
        new JobExplorer({ discovery, jobs: service, holdfast: made, instance }),
    },
  ];
}
