/** The used part of schemathesis's JSON report. */
interface Report {
  seed: number | null;
  complete: boolean;
  exit_code: number;
  operations: { selected: number; tested: number; errored: number; skipped: number } | null;
  test_cases: { generated: number };
  failures: { title: string; count: number; operations: unknown }[];
  errors: { title: string; count: number }[];
}

export interface Run {
  passed: boolean;
  seed: number | null;
  operations: number;
  tested: number;
  requests: number;
  /** One line for each kind of failure. */
  failures: string[];
}

/** What a run has found. It passed if it is complete, asked every operation, and no answer contradicts the document. */
export function readRun(report: unknown): Run {
  const { seed, complete, operations, test_cases: cases, failures, errors } = report as Report;
  const lines = [
    ...failures.map(({ title, count, operations: where }) => `${title}, ${count}: ${JSON.stringify(where)}`),
    ...errors.map(({ title, count }) => `${title}, ${count}`),
  ];
  const { selected = 0, tested = 0, errored = 0, skipped = 0 } = operations ?? {};
  return {
    passed:
      complete && lines.length === 0 && selected > 0 && tested === selected && errored === 0 && skipped === 0,
    seed,
    operations: selected,
    tested,
    requests: cases.generated,
    failures: lines,
  };
}
