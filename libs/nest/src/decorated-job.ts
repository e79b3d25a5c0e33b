/** One job of the application: a decorated method of one object. */
import { jobOptionFaults, type JobOptions, type JobRun } from '@holdfast/core';
import { isObservable } from 'rxjs';
import { prototypeOf, type Discovered } from './discovered.js';
import type { JobMethod } from './job-method.js';
import { isScheduled } from './schedule-audit.js';

const STREAM = /^\[object (Async)?Generator\]$/;

/** A method that carries `@ClusterCron`, and the object that it is called on. */
export class DecoratedJob {
  /** `Class.method`, for messages only: minifiers change it. */
  readonly label: string;
  /** The same with its module, for a class that several of them provide. */
  readonly place: string;
  readonly options: JobOptions;

  constructor(
    readonly method: JobMethod,
    private readonly provider: Discovered,
  ) {
    const owner = prototypeOf(provider)?.constructor.name ?? String(provider.name);
    this.label = `${owner}.${String(method.property)}`;
    this.place = `${this.label} of ${provider.host?.name ?? 'the application'}`;
    this.options = { ...method.options, cron: method.expression };
  }

  /** The object of the provider; several tokens may give the same. */
  get target(): unknown {
    return this.provider.instance;
  }

  /** What is wrong with it, in one sentence each. */
  faults(): string[] {
    const faults = [...this.expressionFaults(), ...jobOptionFaults(this.options), ...this.scopeFaults()];
    const prototype = prototypeOf(this.provider);
    if (prototype !== null && isScheduled(Reflect.get(prototype, this.method.property, prototype))) {
      faults.push(
        'it carries a decorator of @nestjs/schedule as well, which would run it on each replica; keep @ClusterCron only',
      );
    }
    return faults.map((fault) => `${this.label}: ${fault}`);
  }

  /** The body: calls the method as it is by now, with all that other decorators put around it. */
  async run(run: JobRun): Promise<void> {
    const { target } = this;
    const method: unknown =
      typeof target === 'object' && target !== null ? Reflect.get(target, this.method.property) : undefined;
    if (typeof method !== 'function') throw new TypeError(`${this.label} is no method any more`);
    const result: unknown = await Reflect.apply(method, target, [run]);
    if (isUnread(result))
      throw new TypeError(`${this.label} returned a stream, which nobody reads; return a promise`);
  }

  /** Without an expression core would take it for a job that runs only when asked for. */
  private expressionFaults(): string[] {
    const { expression, options } = this.method;
    const given: unknown = expression;
    return [
      ...(given === undefined ? ['expression: undefined must be given'] : []),
      ...('cron' in options ? ['cron: is what stands in front of the options'] : []),
    ];
  }

  private scopeFaults(): string[] {
    if (this.provider.isTransient) {
      return [
        'its class is made anew for whoever injects it (Scope.TRANSIENT), and a job runs on one object; move it into a provider of the default scope',
      ];
    }
    if (this.provider.isDependencyTreeStatic()) return [];
    return [
      'its class is made anew for each request (Scope.REQUEST, of its own or of what it injects), and a job has no request; move it into a provider of the default scope',
    ];
  }
}

function isUnread(value: unknown): boolean {
  return isObservable(value) || STREAM.test(Object.prototype.toString.call(value));
}
