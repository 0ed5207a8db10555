import { type RoomFact, type RoomMessage } from '@polyroom/contracts';
import { encodeFact, encodeMessage } from './room-frames.js';
import { type RoomListener } from './room-listener.js';
import { RoomSeat, type SeatDelivery, type SeatStart } from './room-seat.js';
import { SequenceBuffer } from './sequence-buffer.js';

/** How long a fact or message that was overtaken is waited for. */
const holdMs = 250;
/** The first message after a quiet time says nothing about those before it; two in flight may be swapped. */
const firstMessageHoldMs = 20;

export interface LocalRoomHooks {
  onGap: (kind: 'fact' | 'message', from: number, to: number) => void;
  onEmpty: () => void;
}

/** The members of one room on this gateway. Each frame is built once for all of them. */
export class LocalRoom {
  private readonly seats = new Set<RoomSeat>();
  private roomEpoch: string | undefined;
  /** Facts from before the first snapshot: only that says which of them are news. */
  private early: RoomFact[] = [];
  private lastMessageId = 0;
  private readonly facts: SequenceBuffer<RoomFact>;
  private readonly messages: SequenceBuffer<RoomMessage>;

  constructor(
    private readonly roomId: string,
    private readonly ready: Promise<void>,
    private readonly hooks: LocalRoomHooks,
  ) {
    this.facts = new SequenceBuffer({
      deliver: (fact) => this.deliverFact(fact),
      onGap: (from, to) => hooks.onGap('fact', from, to),
      holdMs,
    });
    this.messages = new SequenceBuffer({
      deliver: (message) => this.deliverMessage(message),
      onGap: (from, to) => hooks.onGap('message', from, to),
      holdMs,
      firstHoldMs: firstMessageHoldMs,
    });
  }

  /** The media nodes of its members here. */
  get nodeIds(): string[] {
    return [...new Set([...this.seats].map((seat) => seat.listener.nodeId))];
  }

  takeSeat(listener: RoomListener): RoomSeat {
    const seat = new RoomSeat(listener, this.roomId, this.ready, {
      onStart: (start) => this.startFacts(start),
      onRelease: (released) => this.removeSeat(released),
    });
    this.seats.add(seat);
    return seat;
  }

  handleFact(fact: RoomFact): void {
    if (this.roomEpoch === undefined) {
      this.early.push(fact);
      return;
    }
    if (this.roomEpoch !== fact.roomEpoch) {
      // The room was made anew (emptied, or its data lost): its facts count from the beginning again.
      this.facts.reset();
      this.roomEpoch = fact.roomEpoch;
      this.facts.start(fact.seq - 1);
    }
    this.facts.push(fact.seq, fact);
  }

  handleMessage(message: RoomMessage): void {
    const last = this.messages.lastSeq;
    if (last !== undefined && message.seq <= last && message.messageId > this.lastMessageId) {
      // A newer message with an older number: the room's messages were numbered anew.
      this.messages.reset();
      this.messages.start(message.seq - 1);
    }
    this.messages.push(message.seq, message);
  }

  close(): void {
    this.facts.close();
    this.messages.close();
  }

  private startFacts(start: SeatStart): void {
    if (this.roomEpoch === start.roomEpoch) {
      return;
    }
    this.facts.reset();
    this.roomEpoch = start.roomEpoch;
    this.facts.start(start.seq);
    const early = this.early.filter((fact) => fact.roomEpoch === start.roomEpoch);
    this.early = [];
    for (const fact of early) {
      this.facts.push(fact.seq, fact);
    }
  }

  private removeSeat(seat: RoomSeat): void {
    this.seats.delete(seat);
    if (this.seats.size === 0) {
      this.hooks.onEmpty();
    }
  }

  private deliverFact(fact: RoomFact): void {
    this.deliver({ type: 'fact', fact, frame: encodeFact(this.roomId, fact) });
  }

  private deliverMessage(message: RoomMessage): void {
    this.lastMessageId = Math.max(this.lastMessageId, message.messageId);
    this.deliver({ type: 'message', message, frame: encodeMessage(message) });
  }

  private deliver(delivery: SeatDelivery): void {
    for (const seat of this.seats) {
      seat.deliver(delivery);
    }
  }
}
