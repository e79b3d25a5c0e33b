/** What replicas tell the supervisor, and what it tells them. Over IPC both arrive as `unknown` and are read here. */
import { JOBS, SKIP_REASONS, type Author, type JobName, type SkipReason } from '../bookkeeping/entries.js';
import { Fields } from './fields.js';

export type ReplicaNews =
  | { readonly type: 'ready'; readonly port: number }
  | { readonly type: 'granted'; readonly job: JobName; readonly fence: number }
  | { readonly type: 'released'; readonly job: JobName; readonly fence: number }
  | { readonly type: 'lost'; readonly job: JobName; readonly fence: number; readonly reason: string }
  | { readonly type: 'skipped'; readonly job: JobName; readonly tick: number }
  | {
      readonly type: 'tick-skipped';
      readonly job: JobName;
      readonly tick: number;
      readonly reason: SkipReason;
    }
  | { readonly type: 'unavailable'; readonly job: JobName; readonly reason: string }
  /** Said before the process stops itself: afterwards it can't. */
  | { readonly type: 'freezing'; readonly job: JobName }
  | { readonly type: 'log'; readonly text: string };

export type Tell = (news: ReplicaNews) => void;

const NEWS = [
  'ready',
  'granted',
  'released',
  'lost',
  'skipped',
  'tick-skipped',
  'unavailable',
  'freezing',
  'log',
] as const satisfies readonly ReplicaNews['type'][];

/** @throws FormatError */
export function readNews(message: unknown): ReplicaNews {
  const fields = new Fields(message, 'news');
  const type = fields.oneOf('type', NEWS);
  if (type === 'ready') return { type, port: fields.whole('port') };
  if (type === 'log') return { type, text: fields.text('text') };
  const job = fields.oneOf('job', JOBS);
  switch (type) {
    case 'granted':
    case 'released':
      return { type, job, fence: fields.whole('fence') };
    case 'lost':
      return { type, job, fence: fields.whole('fence'), reason: fields.text('reason') };
    case 'skipped':
      return { type, job, tick: fields.whole('tick') };
    case 'tick-skipped':
      return { type, job, tick: fields.whole('tick'), reason: fields.oneOf('reason', SKIP_REASONS) };
    case 'unavailable':
      return { type, job, reason: fields.text('reason') };
    case 'freezing':
      return { type, job };
  }
}

/** Everything a replica needs to know, apart from where its locks live. */
export interface ReplicaSetup {
  readonly author: Author;
  readonly booksUrl: string;
  readonly namespace: string;
  readonly unguarded: boolean;
}

/** Travels by IPC and not as arguments: a Redis URL may hold a password, and everybody can read arguments. */
export interface StartCommand {
  readonly type: 'start';
  readonly name: string;
  readonly life: number;
  readonly redisUrl: string;
  readonly booksUrl: string;
  readonly namespace: string;
  readonly locks: 'on' | 'off';
}

export type Command = StartCommand | { readonly type: 'freeze' | 'stop' };

/** @throws FormatError */
export function readCommand(message: unknown): Command {
  const fields = new Fields(message, 'command');
  const type = fields.oneOf('type', ['start', 'freeze', 'stop']);
  if (type !== 'start') return { type };
  return {
    type,
    name: fields.text('name'),
    life: fields.whole('life'),
    redisUrl: fields.text('redisUrl'),
    booksUrl: fields.text('booksUrl'),
    namespace: fields.text('namespace'),
    locks: fields.oneOf('locks', ['on', 'off']),
  };
}
