import { type Percentiles, percentiles } from './percentiles.js';

interface SentMessage {
  sentAtMs: number;
  /** Gets no copy of its own message. */
  sender: number;
  /** The members of the room when it was sent, without its sender. */
  expected: number;
  /** By the number of the user: 1 received once, more for duplicates. */
  received: Uint8Array;
  isAcknowledged: boolean;
}

export interface MessageCounts {
  /** Acknowledged by the servers. */
  sent: number;
  expected: number;
  delivered: number;
}

export interface MessageTotals extends MessageCounts {
  lost: number;
  duplicated: number;
  deliveryMs: Percentiles;
}

/** More latencies than these add nothing to a percentile. */
const maxLatencies = 200_000;

/** What was sent, and which users received it. */
export class MessageLedger {
  private readonly messages = new Map<number, SentMessage>();
  private readonly latencies: number[] = [];
  private expected = 0;
  private delivered = 0;
  private duplicated = 0;
  private acknowledged = 0;

  constructor(
    private readonly users: number,
    /** Distinguishes the messages of this run. */
    private readonly runId: string,
  ) {}

  /** The text of a message that is about to be sent. */
  begin(number: number, sender: number, expected: number): string {
    const received = new Uint8Array(this.users);
    this.messages.set(number, {
      sentAtMs: performance.now(),
      ...{ expected, received, sender },
      isAcknowledged: false,
    });
    return `${this.runId} ${number}`;
  }

  /** The servers have stored it. */
  acknowledge(number: number): void {
    const message = this.messages.get(number)!;
    message.isAcknowledged = true;
    this.acknowledged += 1;
    this.expected += message.expected;
    // Members may receive it before its sender gets the answer.
    this.delivered += message.received.reduce((sum, count) => sum + Math.min(count, 1), 0);
  }

  receive(user: number, text: string): void {
    const [runId, number] = text.split(' ');
    const message = runId === this.runId ? this.messages.get(Number(number)) : undefined;
    if (message === undefined || message.sender === user) {
      return;
    }
    const before = message.received[user]!;
    message.received[user] = Math.min(before + 1, 255);
    if (before > 0) {
      this.duplicated += 1;
      return;
    }
    this.delivered += message.isAcknowledged ? 1 : 0;
    if (this.latencies.length < maxLatencies) {
      this.latencies.push(performance.now() - message.sentAtMs);
    }
  }

  get isComplete(): boolean {
    return this.delivered >= this.expected;
  }

  get counts(): MessageCounts {
    return { sent: this.acknowledged, expected: this.expected, delivered: this.delivered };
  }

  totals(): MessageTotals {
    return {
      ...this.counts,
      lost: Math.max(0, this.expected - this.delivered),
      duplicated: this.duplicated,
      deliveryMs: percentiles(this.latencies),
    };
  }
}
