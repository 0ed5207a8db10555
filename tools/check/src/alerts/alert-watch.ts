import { waitFor } from '@polyroom/testing';

interface ActiveAlert {
  state: 'pending' | 'firing';
  labels: Record<string, string>;
}

const askEveryMs = 500;

/** Asks Prometheus which alerts fire. */
export class AlertWatch {
  constructor(private readonly prometheusUrl: string) {}

  async firing(): Promise<ReadonlySet<string>> {
    const response = await fetch(`${this.prometheusUrl}/api/v1/alerts`);
    const { data } = (await response.json()) as { data: { alerts: ActiveAlert[] } };
    return new Set(
      data.alerts.filter(({ state }) => state === 'firing').map(({ labels }) => labels['alertname']!),
    );
  }

  /** The latest sample of an expression with one result; undefined without one. */
  async read(expression: string): Promise<string | undefined> {
    const response = await fetch(
      `${this.prometheusUrl}/api/v1/query?${new URLSearchParams({ query: expression })}`,
    );
    const { data } = (await response.json()) as { data: { result: { value: [number, string] }[] } };
    return data.result[0]?.value[1];
  }

  /** Rejects with Prometheus' words for a rule that it cannot evaluate. */
  async assertEvaluated(): Promise<void> {
    const response = await fetch(`${this.prometheusUrl}/api/v1/rules`);
    const { data } = (await response.json()) as {
      data: { groups: { rules: { name: string; lastError?: string }[] }[] };
    };
    for (const { name, lastError } of data.groups.flatMap(({ rules }) => rules)) {
      if (lastError !== undefined && lastError !== '') {
        throw new Error(`rule ${name}: ${lastError}`);
      }
    }
  }

  /**
   * Seconds until each alert fires, or until it no longer does; without an entry for those that stayed as they were for
   * the whole time.
   */
  async secondsUntil(
    state: 'firing' | 'resolved',
    alerts: readonly string[],
    timeoutMs: number,
  ): Promise<Map<string, number>> {
    const startedAtMs = performance.now();
    const seen = new Map<string, number>();
    const look = async (): Promise<boolean> => {
      const firing = await this.firing();
      for (const alert of alerts) {
        if (!seen.has(alert) && firing.has(alert) === (state === 'firing')) {
          seen.set(alert, (performance.now() - startedAtMs) / 1000);
        }
      }
      return seen.size === alerts.length;
    };
    const options = { timeoutMs, intervalMs: askEveryMs, describe: `alerts to be ${state}` };
    await waitFor(look, options).catch(() => undefined);
    return seen;
  }
}
