import {
  DiscardPolicy,
  type JetStreamManager,
  jetstream,
  type JetStreamClient,
  jetstreamManager,
  RetentionPolicy,
  StorageType,
} from '@nats-io/jetstream';
import { nanos } from '@nats-io/transport-node';
import { type Bus } from './bus.js';
import { openStream } from './open-stream.js';

export interface JournalOptions {
  /** Of the jsStream; its subjects are `<name>.>`. */
  name: string;
  maxAgeMs: number;
  maxEntriesPerSubject: number;
}

const answerDeadlineMs = 2000;

/** A bounded list of JSON entries for each subject, on JetStream: the latest ones are kept. */
export class Journal<T> {
  private constructor(
    private readonly client: JetStreamClient,
    private readonly manager: JetStreamManager,
    private readonly name: string,
  ) {}

  static async open<T>(
    bus: Bus,
    { name, maxAgeMs, maxEntriesPerSubject }: JournalOptions,
  ): Promise<Journal<T>> {
    const manager = await jetstreamManager(bus.natsConnection, {
      timeout: answerDeadlineMs,
      checkAPI: false,
    });
    await openStream(manager, {
      name,
      subjects: [`${name}.>`],
      storage: StorageType.File,
      retention: RetentionPolicy.Limits,
      discard: DiscardPolicy.Old,
      max_age: nanos(maxAgeMs),
      max_msgs_per_subject: maxEntriesPerSubject,
      allow_direct: true,
      num_replicas: bus.streamReplicas,
    });
    return new Journal(jetstream(bus.natsConnection, { timeout: answerDeadlineMs }), manager, name);
  }

  /** `tokens`: of plain characters. */
  async append(tokens: string[], entry: T): Promise<void> {
    await this.client.publish([this.name, ...tokens].join('.'), JSON.stringify(entry));
  }

  /** All entries of a subject, oldest first. */
  async read(tokens: string[]): Promise<T[]> {
    const subject = [this.name, ...tokens].join('.');
    const entries: T[] = [];
    for (let seq = 1; ;) {
      const found = await this.manager.direct.getMessage(this.name, { seq, next_by_subj: subject });
      if (found === null) {
        return entries;
      }
      entries.push(found.json<T>());
      seq = found.seq + 1;
    }
  }
}
