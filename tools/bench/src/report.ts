import { mkdir, writeFile } from 'node:fs/promises';
import { cpus, totalmem } from 'node:os';
import { join } from 'node:path';

/** The result of a benchmark: the flat figures that decide, and a table for readers. */
export interface BenchResult {
  figures: Record<string, number>;
  columns: string[];
  rows: (string | number)[][];
  notes: string[];
}

/** Prints the table and writes `bench-results/NAME.json`. */
export async function writeReport(rootDir: string, name: string, result: BenchResult): Promise<string> {
  const table = [result.columns, ...result.rows.map((row) => row.map(formatCell))];
  const widths = result.columns.map((_, column) =>
    Math.max(...table.map((row) => (row[column] ?? '').length)),
  );
  const lines = table.map((row) =>
    row
      .map((cell, column) => cell.padEnd(widths[column]!))
      .join('  ')
      .trimEnd(),
  );
  lines.splice(1, 0, widths.map((width) => '-'.repeat(width)).join('  '));
  process.stdout.write(`\n${name}\n\n${lines.join('\n')}\n\n`);
  for (const [figure, value] of Object.entries(result.figures)) {
    process.stdout.write(`${figure} = ${formatCell(value)}\n`);
  }
  for (const note of result.notes) {
    process.stdout.write(`note: ${note}\n`);
  }
  const directory = join(rootDir, 'bench-results');
  await mkdir(directory, { recursive: true });
  const file = join(directory, `${name}.json`);
  const machine = {
    cpu: cpus()[0]?.model ?? 'unknown',
    cores: cpus().length,
    memoryBytes: totalmem(),
    node: process.version,
  };
  await writeFile(
    file,
    `${JSON.stringify({ name, at: new Date().toISOString(), machine, ...result }, null, 2)}\n`,
  );
  return file;
}

function formatCell(cell: string | number): string {
  return typeof cell === 'string' ? cell : String(Math.round(cell * 1000) / 1000);
}
