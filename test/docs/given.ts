/**
 * What a block on a page may use without importing it, so that pages need not repeat it. A block that is executed
 * gets only what exists here at run time; the constants below exist for the compiler.
 */
import type { Holdfast, Lease, LockService, ScriptAnswer, UserScript } from '@holdfast/core';

export * from '@holdfast/core';
export * from '@holdfast/embedded';
export * from '@holdfast/nest';
export * from '@holdfast/testing';
export * from '@holdfast/testing/nest';
export {
  Catch,
  Controller,
  Get,
  Inject,
  Injectable,
  Module,
  Param,
  Post,
  type OnModuleInit,
  type ArgumentsHost,
} from '@nestjs/common';
export { BaseExceptionFilter, NestFactory } from '@nestjs/core';
export { Cron, CronExpression, ScheduleModule } from '@nestjs/schedule';
export { HealthCheck, HealthCheckService, TerminusModule } from '@nestjs/terminus';
export { Test } from '@nestjs/testing';
export { ThrottlerModule } from '@nestjs/throttler';
export { Redis } from 'ioredis';
export { z } from 'zod';
export { Observable } from 'rxjs';

export declare const locks: LockService;
/** The one of docs/scripts.md. */
export declare const sell: UserScript<'stock' | 'buyers', { readonly buyer: string }, ScriptAnswer>;
export declare const holdfast: Holdfast;
export declare const lease: Lease;
export declare const request: { readonly signal: AbortSignal };

/** What a PostgreSQL client looks like. */
export declare const db: {
  query(sql: string, values: readonly unknown[]): Promise<{ readonly rowCount: number }>;
};

export interface Order {
  readonly id: string;
  readonly cents: number;
}
export declare function charge(
  orderId: string,
  options?: { signal?: AbortSignal; fence?: number },
): Promise<void>;
export declare function rebuildCatalogue(options?: { signal?: AbortSignal }): Promise<number>;
export declare function openOrders(): Promise<readonly Order[]>;
export declare function closePage(
  page: number,
  options: { signal: AbortSignal; fence: number },
): Promise<void>;
