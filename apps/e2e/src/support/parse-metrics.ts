export interface ParsedMetric {
  name: string;
  type: string;
  /** The names of the labels of its samples, without that of buckets. */
  labels: Set<string>;
}

/** Reads the text format of Prometheus as `prom-client` writes it: the samples of a metric follow its type. */
export function parseMetrics(text: string): ParsedMetric[] {
  const metrics: ParsedMetric[] = [];
  for (const line of text.split('\n')) {
    const typed = /^# TYPE (\S+) (\S+)$/.exec(line);
    if (typed !== null) {
      metrics.push({ name: typed[1]!, type: typed[2]!, labels: new Set() });
      continue;
    }
    const labels = /^\w+{(.*)} \S+$/.exec(line)?.[1] ?? '';
    for (const [, label] of labels.matchAll(/(\w+)="(?:[^"\\]|\\.)*"/g)) {
      if (label !== 'le') {
        metrics.at(-1)!.labels.add(label!);
      }
    }
  }
  return metrics;
}
