import { type NatsConnection } from '@nats-io/transport-node';
import { joinJson, toBatches } from './batch.js';
import { type Tick } from './tick.js';

/** Sends replies; those to one batch that are ready in the same event-loop tick are sent together. */
export class Replies {
  private readonly leaving = new Map<string, { json: string }[]>();

  constructor(
    private readonly connection: NatsConnection,
    private readonly tick: Tick,
  ) {}

  /** Throws if it exceeds the size of a message. */
  add(replySubject: string, id: number, isError: boolean, body: unknown): void {
    const json = `[${id},${isError ? 1 : 0},${JSON.stringify(body)}]`;
    const mostBytes = this.connection.info?.max_payload;
    // Cheap check first: a UTF-16 code unit takes at most three bytes.
    if (mostBytes !== undefined && json.length * 3 > mostBytes && Buffer.byteLength(json) + 2 > mostBytes) {
      throw new Error(`a reply of more than ${mostBytes} bytes`);
    }
    const leaving = this.leaving.get(replySubject);
    if (leaving !== undefined) {
      leaving.push({ json });
      return;
    }
    this.leaving.set(replySubject, [{ json }]);
    this.tick.atEnd(() => {
      const replies = this.leaving.get(replySubject) ?? [];
      this.leaving.delete(replySubject);
      if (this.connection.isClosed()) {
        return;
      }
      for (const batch of toBatches(replies)) {
        this.connection.publish(replySubject, joinJson(batch));
      }
    });
  }
}
