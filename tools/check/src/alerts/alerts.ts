import { parseArgs } from 'node:util';
import { AlertsWorld } from './alerts-world.js';
import { describeRows, findGaps, isSeen, type Row } from './coverage.js';
import { type Fault } from './fault.js';
import { excused, faults } from './faults.js';
import { alertsOf, readRules } from './scaled-rules.js';

const calmWithinMs = 90_000;
const firesWithinMs = 180_000;
const resolvesWithinMs = 120_000;
/** Resolved when its window of six hours has passed: awaited after all faults. */
const lateAlert = 'PolyroomErrorBudgetBurnsSlowly';
const lateWithinMs = 480_000;

/**
 * Provokes every alert with a fault, follows its runbook, and waits until it is resolved. True if each fired and was
 * resolved, except those for which a reason is given.
 */
export async function checkAlerts(rootDir: string, args: string[]): Promise<boolean> {
  const { values } = parseArgs({
    args,
    options: {
      /** Parts of names of alerts, separated by commas. */
      only: { type: 'string' },
      verbose: { type: 'boolean', default: false },
    },
  });
  const startedAtMs = performance.now();
  const log = (line: string): void => {
    const seconds = ((performance.now() - startedAtMs) / 1000).toFixed(0).padStart(4);
    process.stdout.write(`[${seconds} s] ${line}\n`);
  };
  const rules = await readRules(rootDir);
  const gaps = findGaps(
    alertsOf(rules).map(({ alert }) => alert!),
    faults,
    excused,
  );
  const wanted = values.only?.split(',') ?? [''];
  const chosen = faults.filter(({ remedies }) =>
    Object.keys(remedies).some((alert) => wanted.some((part) => alert.includes(part))),
  );
  const world = await AlertsWorld.start(rootDir, rules, values.verbose ? log : () => {});
  const rows: Row[] = [];
  try {
    for (const fault of chosen) {
      rows.push(...(await tryFault(world, fault, log)));
    }
    await resolveLate(world, rows, log);
    await world.watch.assertEvaluated();
  } finally {
    await world.close();
  }
  process.stdout.write(`\n${describeRows(rows)}\n`);
  Object.entries(excused).forEach(([alert, reason]) =>
    process.stdout.write(`${alert} not provoked: ${reason}\n`),
  );
  gaps.forEach((gap) => process.stdout.write(`${gap}\n`));
  return gaps.length === 0 && rows.every(isSeen);
}

async function tryFault(world: AlertsWorld, fault: Fault, log: (line: string) => void): Promise<Row[]> {
  const alerts = Object.keys(fault.remedies);
  const calm = await world.watch.secondsUntil('resolved', alerts, calmWithinMs);
  const early = alerts.filter((alert) => !calm.has(alert));
  if (early.length > 0) {
    throw new Error(`before "${fault.name}", these fire already: ${early.join(', ')}`);
  }
  log(fault.name);
  // A step that fails shows in the table: the remaining faults are tried all the same.
  const attempt = (step: Promise<unknown> | undefined): Promise<unknown> =>
    Promise.resolve(step).catch((error: unknown) => log(`  failed: ${String(error)}`));
  const [fired] = await Promise.all([
    world.watch.secondsUntil('firing', alerts, firesWithinMs),
    attempt(fault.provoke(world)),
  ]);
  log(`  firing: ${await describeFiring(world)}`);
  const [resolved] = await Promise.all([
    world.watch.secondsUntil(
      'resolved',
      alerts.filter((alert) => alert !== lateAlert),
      resolvesWithinMs,
    ),
    attempt(fault.cure(world)),
  ]);
  log(`  still firing: ${await describeFiring(world)}`);
  await attempt(fault.restore?.(world));
  return Object.entries(fault.remedies).map(([alert, remedy]) => ({
    ...{ alert, fault: fault.name, remedy },
    firedAfterSeconds: fired.get(alert),
    resolvedAfterSeconds: fired.has(alert) ? resolved.get(alert) : undefined,
  }));
}

async function resolveLate({ watch }: AlertsWorld, rows: Row[], log: (line: string) => void): Promise<void> {
  const late = rows.find(({ alert }) => alert === lateAlert);
  if (late?.firedAfterSeconds !== undefined) {
    log(`waiting until ${lateAlert} is resolved`);
    // The time counts from the end of the last fault: each of them fails requests.
    const resolved = await watch.secondsUntil('resolved', [lateAlert], lateWithinMs);
    late.resolvedAfterSeconds = resolved.get(lateAlert);
  }
}

async function describeFiring({ watch }: AlertsWorld): Promise<string> {
  return [...(await watch.firing())].join(', ') || 'none';
}
