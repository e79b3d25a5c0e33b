/** `npm run demo`. */
import { auditTable } from './audit/audit-table.js';
import { isClean } from './audit/recount.js';
import { Ledger } from './bookkeeping/ledger.js';
import { readCommandLine, type DemoOptions } from './command-line/options.js';
import { USAGE } from './command-line/usage.js';
import { runDemo, type DemoReport } from './supervisor/demo-run.js';
import { chooseGround, GroundFault } from './supervisor/ground/choose-ground.js';
import { LiveView } from './view/live-view.js';

const EXIT = { ok: 0, wrongBooks: 1, badOption: 2, impatient: 130 } as const;

async function main(args: readonly string[]): Promise<number> {
  const commandLine = readCommandLine(args);
  if (commandLine.kind === 'help') {
    process.stdout.write(USAGE);
    return EXIT.ok;
  }
  if (commandLine.kind === 'wrong') return complain(commandLine.faults);
  try {
    return await demonstrate(commandLine.options);
  } catch (error) {
    if (error instanceof GroundFault) return complain([error.message]);
    process.stderr.write(`The demo broke: ${error instanceof Error ? error.message : String(error)}\n`);
    return EXIT.wrongBooks;
  }
}

async function demonstrate(options: DemoOptions): Promise<number> {
  const interrupt = listenForEnd();
  const ground = await chooseGround(options, process.env['REDIS_URL']);
  try {
    const ledger = await openLedger(options.ledger);
    const view = new LiveView(options.json ? process.stderr : process.stdout);
    const report = await runDemo({ options, ground, ledger, view, interrupt });
    await ledger.close();
    return tell(report, options);
  } finally {
    await ground.close();
  }
}

function tell(report: DemoReport, options: DemoOptions): number {
  const lines = [
    '',
    ...auditTable(report),
    ...report.collapses.map((collapse) => `The demo broke: ${collapse}`),
  ];
  if (options.ledger !== undefined) lines.push(`The ledger is in ${options.ledger}.`);
  if (report.unguarded)
    lines.push('The locks were off. Run it again without --unguarded to see the difference.');
  (options.json ? process.stderr : process.stdout).write(`${lines.join('\n')}\n`);
  if (options.json) process.stdout.write(`${JSON.stringify(report)}\n`);
  return isClean(report) && report.collapses.length === 0 ? EXIT.ok : EXIT.wrongBooks;
}

async function openLedger(path: string | undefined): Promise<Ledger> {
  try {
    return await Ledger.open(path);
  } catch (error) {
    throw new GroundFault(`--ledger: ${JSON.stringify(path)} can't be written: ${String(error)}`);
  }
}

/** The first signal ends the run in order, the second at once; what is left then is cleaned up by the orphan guard. */
function listenForEnd(): AbortSignal {
  const interrupt = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    process.on(signal, () => {
      if (interrupt.signal.aborted) process.exit(EXIT.impatient);
      interrupt.abort();
    });
  }
  return interrupt.signal;
}

function complain(faults: readonly string[]): number {
  process.stderr.write(`${faults.join('\n')}\nSee --help.\n`);
  return EXIT.badOption;
}

process.exitCode = await main(process.argv.slice(2));
