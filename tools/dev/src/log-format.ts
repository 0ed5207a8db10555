import { type LogLine } from '@polyroom/cluster';

const levelNames: Record<number, string> = {
  10: 'trace',
  20: 'debug',
  30: 'info',
  40: 'warn',
  50: 'error',
  60: 'fatal',
};
const levelColours: Record<string, number> = {
  trace: 90,
  debug: 90,
  info: 32,
  warn: 33,
  error: 31,
  fatal: 31,
};
const processColours = [36, 35, 34, 33, 32, 96, 95, 94];
/** Fields of every line that are noise in interleaved logs. */
const omittedFields = new Set(['level', 'time', 'pid', 'hostname', 'name', 'service', 'msg', 'context']);
const processNameWidth = 10;

/** Formats a service's JSON line for reading; other output gets the process's name as a prefix. */
export class LogFormatter {
  private readonly colours = new Map<string, number>();

  constructor(private readonly colourful: boolean) {}

  format(line: LogLine): string {
    const label = this.paint(line.process.padEnd(processNameWidth), this.colourOf(line.process));
    const record = parseRecord(line.text);
    if (record === undefined) {
      return `${label} ${line.text}`;
    }
    const level = levelNames[Number(record['level'])] ?? 'info';
    const time = new Date(Number(record['time'])).toISOString().slice(11, 23);
    const rest = Object.entries(record)
      .filter(([key]) => !omittedFields.has(key))
      .map(([key, value]) => `${key}=${typeof value === 'string' ? value : JSON.stringify(value)}`)
      .join(' ');
    const message = typeof record['msg'] === 'string' ? record['msg'] : '';
    const paintedLevel = this.paint(level.padEnd(5), levelColours[level] ?? 0);
    return `${time} ${label} ${paintedLevel} ${message}${rest === '' ? '' : ` ${this.paint(rest, 90)}`}`;
  }

  private colourOf(process: string): number {
    const known = this.colours.get(process);
    if (known !== undefined) {
      return known;
    }
    const colour = processColours[this.colours.size % processColours.length]!;
    this.colours.set(process, colour);
    return colour;
  }

  private paint(text: string, colour: number): string {
    return this.colourful ? `\u001b[${colour}m${text}\u001b[0m` : text;
  }
}

function parseRecord(text: string): Record<string, unknown> | undefined {
  if (!text.startsWith('{')) {
    return undefined;
  }
  try {
    return JSON.parse(text) as Record<string, unknown>;
  } catch {
    return undefined;
  }
}
