import { Journal, type Bus } from '@polyroom/bus';
import { type Delivery } from '@polyroom/contracts';

const keptMs = 7 * 86_400_000;
/** Entries of an endpoint; each holds the attempts of one step. */
const keptEntries = 200;
const maxAttemptsPerEntry = 100;

/** The attempts to deliver, the latest ones of each endpoint. */
export class DeliveryLog {
  private constructor(private readonly journal: Journal<Delivery[]>) {}

  static async open(bus: Bus): Promise<DeliveryLog> {
    return new DeliveryLog(
      await Journal.open(bus, {
        name: 'webhook-deliveries',
        maxAgeMs: keptMs,
        maxEntriesPerSubject: keptEntries,
      }),
    );
  }

  async add(appId: number, endpointId: string, deliveries: Delivery[]): Promise<void> {
    for (let start = 0; start < deliveries.length; start += maxAttemptsPerEntry) {
      await this.journal.append(
        [String(appId), endpointId],
        deliveries.slice(start, start + maxAttemptsPerEntry),
      );
    }
  }

  /** The newest first. */
  async list(
    appId: number,
    endpointId: string,
    { outcome, limit }: { outcome?: Delivery['outcome'] | undefined; limit: number },
  ): Promise<Delivery[]> {
    const entries = await this.journal.read([String(appId), endpointId]);
    return entries
      .flat()
      .reverse()
      .filter((delivery) => outcome === undefined || delivery.outcome === outcome)
      .slice(0, limit);
  }
}
