/** The verdict on one system. */
export interface Verdict {
  acknowledged: number;
  deliveries: number;
  lost: number;
  duplicated: number;
  reordered: number;
  wrongRoom: number;
  gone: number;
}

/** The record of one receiver: the messages it received, and the sequence number of each. */
interface Received {
  roomId: string;
  had: Set<number>;
}

/**
 * Records which messages were sent, acknowledged and received. A message is identified by its number; its
 * text names the room that it was sent in, so that a delivery to another room is noticed.
 */
export class Ledger {
  private nextNumber = 0;
  private readonly acknowledgedOf = new Map<string, Set<number>>();
  private readonly receivers = new Map<string, Received>();
  /** Per room, the message at each sequence number: the same for all receivers. */
  private readonly places = new Map<string, number>();
  private deliveries = 0;
  private duplicated = 0;
  private reordered = 0;
  private wrongRoom = 0;
  private gone = 0;

  /** Registers a new message for a room. */
  write(roomId: string): { number: number; content: string } {
    const number = this.nextNumber++;
    return { number, content: `${roomId}|${number}|${'x'.repeat(64)}` };
  }

  handleAcknowledged(roomId: string, number: number): void {
    const numbers = this.acknowledgedOf.get(roomId) ?? new Set();
    this.acknowledgedOf.set(roomId, numbers.add(number));
  }

  /** Messages so far, acknowledged or not. */
  get written(): number {
    return this.nextNumber;
  }

  get acknowledged(): number {
    return [...this.acknowledgedOf.values()].reduce((sum, numbers) => sum + numbers.size, 0);
  }

  /** Whether each room has an acknowledged message of those that were written after `written` had reached this number. */
  hasAcknowledged(start: number): boolean {
    return [...this.acknowledgedOf.values()].every((numbers) => Math.max(...numbers) >= start);
  }

  /** From now on it must receive every message of the room. */
  addReceiver(name: string, roomId: string): void {
    this.receivers.set(name, { roomId, had: new Set() });
  }

  /**
   * `place` is the sequence number, if the system has them; `follows` is false if it is not next to the last
   * one.
   */
  handleReceived(name: string, content: string, follows: boolean, place?: string): void {
    const receiver = this.receivers.get(name)!;
    const [roomId, numberText] = content.split('|');
    const number = Number(numberText);
    this.deliveries++;
    if (roomId !== receiver.roomId) {
      this.wrongRoom++;
      return;
    }
    if (receiver.had.has(number)) {
      this.duplicated++;
      return;
    }
    receiver.had.add(number);
    if (!follows) {
      this.reordered++;
    }
    if (place !== undefined) {
      const known = this.places.get(`${roomId} ${place}`);
      if (known === undefined) {
        this.places.set(`${roomId} ${place}`, number);
      } else if (known !== number) {
        this.reordered++;
      }
    }
  }

  /** A receiver was notified that a message is no longer stored. */
  handleGone(): void {
    this.gone++;
  }

  /** Acknowledged messages that receivers lack: their number, and the receivers. */
  get lost(): { count: number; receivers: string[] } {
    return this.lostBefore(Infinity);
  }

  /** The same of the messages that were written before `written` reached this number. */
  lostBefore(end: number): { count: number; receivers: string[] } {
    let count = 0;
    const lacking: string[] = [];
    for (const [name, { roomId, had }] of this.receivers) {
      const before = count;
      for (const number of this.acknowledgedOf.get(roomId) ?? []) {
        if (number < end && !had.has(number)) {
          count++;
        }
      }
      if (count > before) {
        lacking.push(name);
      }
    }
    return { count, receivers: lacking };
  }

  get verdict(): Verdict {
    return {
      acknowledged: this.acknowledged,
      deliveries: this.deliveries,
      lost: this.lost.count,
      duplicated: this.duplicated,
      reordered: this.reordered,
      wrongRoom: this.wrongRoom,
      gone: this.gone,
    };
  }
}
