/** Real Nest applications on a real Redis. Each must leave nothing behind when it ends: no timer, no key. */
import { expect, onTestFinished } from 'vitest';
import type { INestApplication, LoggerService, ModuleMetadata } from '@nestjs/common';
import { ExpressAdapter } from '@nestjs/platform-express';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import { Test } from '@nestjs/testing';
import { createHoldfast, type Holdfast } from '@holdfast/core';
import { HoldfastModule, type HoldfastModuleOptions } from '@holdfast/nest';
import { Redis } from 'ioredis';
import { eventually } from '../../support/eventually.js';
import { keysBelow } from '../../support/keyspace.js';
import { uniqueNamespace } from '../../support/namespace.js';
import { sharedRedisUrl } from '../../support/shared-redis.js';

/** Both HTTP servers that Nest ships. */
export const ADAPTERS = ['express', 'fastify'] as const;
export type AdapterName = (typeof ADAPTERS)[number];

/** What to build. */
export interface TestAppOptions extends Pick<ModuleMetadata, 'imports' | 'controllers' | 'providers'> {
  readonly adapter?: AdapterName;
  readonly namespace?: string;
  /** Options of the module beside connection and namespace. */
  readonly holdfast?: Partial<HoldfastModuleOptions>;
  /** Replaces the usual `HoldfastModule.forRoot`. */
  readonly holdfastModules?: ModuleMetadata['imports'];
  readonly logger?: LoggerService;
  /** Before the application is built: what another replica does meanwhile. */
  readonly meanwhile?: (outsider: Holdfast) => unknown;
  /** Before `init`, for microservices and pipes. */
  readonly prepare?: (app: INestApplication) => unknown;
}

/** An application that listens. */
export interface TestApp {
  readonly app: INestApplication;
  readonly url: string;
  readonly namespace: string;
  /** Another replica of the same service, as a second process would see it. */
  readonly outsider: Holdfast;
  /** Sends a request. */
  readonly fetch: (path: string, init?: RequestInit) => Promise<Response>;
  /** Ends it before the test does. */
  readonly close: () => Promise<void>;
}

/** Options that reach the Redis of the test run. */
export function connected(namespace = uniqueNamespace()): HoldfastModuleOptions {
  return { connection: sharedRedisUrl(), namespace, preflight: 'off' };
}

/** Builds an application without starting it; what fails at boot fails in `init()` of the result. */
export async function buildApp(options: TestAppOptions): Promise<INestApplication> {
  const { adapter = 'express', namespace, imports = [], controllers = [], providers = [], logger } = options;
  const modules = options.holdfastModules ?? [
    HoldfastModule.forRoot({ ...connected(namespace), ...options.holdfast }),
  ];
  const building = Test.createTestingModule({ imports: [...modules, ...imports], controllers, providers });
  const compiled = await building.setLogger(logger ?? new NoLog()).compile();
  const http =
    adapter === 'fastify' ? new FastifyAdapter({ forceCloseConnections: true }) : new ExpressAdapter();
  const app = compiled.createNestApplication<INestApplication>(http, { forceCloseConnections: true });
  await options.prepare?.(app);
  return app;
}

/** Starts an application and, at the end of the test, closes it and looks for what it left. */
export async function startApp(options: TestAppOptions): Promise<TestApp> {
  const started = await launchApp(options);
  onTestFinished(started.close);
  return started;
}

/** The same for `beforeAll`, which has to return `close`. */
export async function launchApp(options: TestAppOptions): Promise<TestApp> {
  const namespace = options.namespace ?? uniqueNamespace();
  const timersBefore = activeTimers();
  const outsider = await createHoldfast({ ...connected(namespace), replica: 'outsider' });
  await options.meanwhile?.(outsider);
  const app = await buildApp({ ...options, namespace });
  await app.listen(0, '127.0.0.1');
  const url = await app.getUrl();
  let closing: Promise<void> | undefined;
  const close = (): Promise<void> =>
    (closing ??= (async () => {
      await app.close();
      await outsider.close(0);
      await expectNothingLeft(namespace, timersBefore);
    })());
  return { app, url, namespace, outsider, close, fetch: (path, init) => fetch(`${url}${path}`, init) };
}

/** Another replica of an application that was started; it ends before that one does, at the latest. */
export async function startReplica(first: TestApp, options: TestAppOptions): Promise<INestApplication> {
  const app = await buildApp({ ...options, namespace: first.namespace });
  await app.init();
  onTestFinished(() => app.close());
  return app;
}

const REMEMBERED = /:(fence|job|ticks|runs|minted|history|skips|outcome|hits|blocked|limit:[^:]+|running)$/;

/** No timer, no key that tells of anybody who holds or runs, and none that stays for ever. */
async function expectNothingLeft(namespace: string, timersBefore: number): Promise<void> {
  const client = new Redis(sharedRedisUrl());
  try {
    const keys = await keysBelow(client, `hf1:${namespace}:`);
    // Fence counters stay for a day, what is known of jobs for a month, and what was counted or done once for a while.
    expect(keys.filter((key) => !REMEMBERED.test(key))).toEqual([]);
    const running = keys.filter((key) => key.endsWith(':running'));
    expect((await Promise.all(running.map((key) => heldRuns(client, key)))).flat()).toEqual([]);
    const lastsMs = await Promise.all(keys.map((key) => client.pttl(key)));
    expect(keys.filter((_, index) => lastsMs[index] === -1)).toEqual([]);
  } finally {
    client.disconnect();
  }
  await eventually(() => activeTimers() <= timersBefore);
}

/**
 * The runs that a process has. One that came while the last process was closing is nobody's: it was given back, and waits
 * there for the next.
 */
async function heldRuns(client: Redis, running: string): Promise<readonly string[]> {
  const runs = await client.zrange(running, '0', '-1');
  const known = await client.hgetall(running.replace(/running$/, 'runs'));
  return runs.filter((run) => known[`${run}/token`] !== undefined);
}

function activeTimers(): number {
  return process.getActiveResourcesInfo().filter((kind) => kind === 'Timeout').length;
}

/** Keeps the lines that an application writes. */
export class LogLines implements LoggerService {
  readonly lines: { readonly level: string; readonly text: string }[] = [];

  log(...said: unknown[]): void {
    this.keep('log', said);
  }
  error(...said: unknown[]): void {
    this.keep('error', said);
  }
  warn(...said: unknown[]): void {
    this.keep('warn', said);
  }

  /** Texts of one level that hold `part`. */
  of(level: 'log' | 'warn' | 'error', part = ''): string[] {
    return this.lines
      .filter((line) => line.level === level && line.text.includes(part))
      .map(({ text }) => text);
  }

  private keep(level: string, said: unknown[]): void {
    this.lines.push({ level, text: said.map(String).join(' ') });
  }
}

class NoLog implements LoggerService {
  log(): void {}
  error(): void {}
  warn(): void {}
}
