import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parse } from 'yaml';

export interface Rule {
  alert?: string;
  record?: string;
  expr: string;
  for?: string;
  annotations?: Record<string, string>;
}

export interface RuleFile {
  groups: { name: string; rules: Rule[] }[];
}

/** By what durations are divided: an hour of the rules is a minute of the check. */
export const scale = 60;
/** Of scrapes, and so the longest that one may take: with a store that does not answer it takes 4 s. */
export const intervalSeconds = 5;
/** Below this a rate has too few samples. */
const minWindowSeconds = 15;
/** Below this, a number of seconds in an expression is a latency or a difference, not a wait. */
const minWaitSeconds = 60;

const unitSeconds: Record<string, number> = { s: 1, m: 60, h: 3600, d: 86_400 };

export async function readRules(rootDir: string): Promise<RuleFile[]> {
  const folder = join(rootDir, 'deploy', 'prometheus', 'rules');
  const names = (await readdir(folder)).filter((name) => name.endsWith('.yaml')).sort();
  return Promise.all(
    names.map(async (name) => parse(await readFile(join(folder, name), 'utf8')) as RuleFile),
  );
}

export function alertsOf(files: readonly RuleFile[]): Rule[] {
  return files
    .flatMap(({ groups }) => groups.flatMap(({ rules }) => rules))
    .filter((rule) => rule.alert !== undefined);
}

/** The rules with every wait and window divided by the scale. */
export function scaleRules({ groups }: RuleFile): RuleFile {
  return {
    groups: groups.map((group) => ({
      ...group,
      rules: group.rules.map((rule) => ({
        ...rule,
        expr: scaleExpression(rule.expr),
        ...(rule.for === undefined ? {} : { for: `${Math.ceil(secondsOf(rule.for) / scale)}s` }),
      })),
    })),
  };
}

/** Divides ranges (`[5m]`) and comparisons of a metric in seconds with a minute or more (`_seconds) > 900`). */
export function scaleExpression(expression: string): string {
  return expression
    .replace(
      /\[(\d+[smhd])\]/g,
      (_all, range: string) => `[${Math.max(minWindowSeconds, Math.round(secondsOf(range) / scale))}s]`,
    )
    .replace(/(_seconds\)* > )(\d+)$/gm, (all, left: string, seconds: string) =>
      Number(seconds) < minWaitSeconds ? all : `${left}${Number(seconds) / scale}`,
    );
}

function secondsOf(duration: string): number {
  const unit = unitSeconds[duration.slice(-1)];
  const count = Number(duration.slice(0, -1));
  if (unit === undefined || !Number.isInteger(count)) {
    throw new Error(`not a duration of one unit: ${duration}`);
  }
  return count * unit;
}
