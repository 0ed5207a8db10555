import {
  type MessagePosition,
  type OrderedMessage,
  type RoomFact,
  type RoomMessage,
  type RoomVoice,
} from '@polyroom/contracts';
import { type OutFrame } from '../connection/out-frame.js';
import { FactDelivery } from './fact-delivery.js';
import { MessageDelivery } from './message-delivery.js';
import { DominantSpeaker } from './dominant-speaker.js';
import { MemberCount } from './member-count.js';
import {
  encodeBarrage,
  encodeCount,
  encodeDominantSpeaker,
  encodeGap,
  encodePosition,
} from './room-frames.js';
import { type RoomListener } from './room-listener.js';
import { RoomMessages, type RoomMessagesHooks } from './room-messages.js';
import { RoomSeat, type SeatDelivery, type SeatStart } from './room-seat.js';
import { SequenceBuffer } from './sequence-buffer.js';

/** How long a fact that was overtaken is waited for. */
const holdMs = 250;

export interface LocalRoomHooks {
  onGap: (kind: 'fact' | 'message', from: number, to: number) => void;
  onEmpty: () => void;
  readHistory: RoomMessagesHooks['readHistory'];
}

/** The members of one room on this gateway. Each frame is built once for all of them. */
export class LocalRoom {
  private readonly seats = new Set<RoomSeat>();
  private roomEpoch: string | undefined;
  /** Facts from before the first snapshot: only that says which of them are news. */
  private early: RoomFact[] = [];
  private readonly facts: SequenceBuffer<RoomFact>;
  private readonly messages: RoomMessages;
  private readonly memberCount = new MemberCount((count) => this.tellActive(encodeCount(this.roomId, count)));

  private readonly dominantSpeaker = new DominantSpeaker((speaker) =>
    this.tellActive(encodeDominantSpeaker(this.roomId, speaker)),
  );

  constructor(
    private readonly roomId: string,
    private readonly hooks: LocalRoomHooks,
  ) {
    this.facts = new SequenceBuffer({
      deliver: (fact) => this.deliverFact(fact),
      onGap: (from, to) => {
        hooks.onGap('fact', from, to);
        this.tellGap();
      },
      holdMs,
    });
    this.messages = new RoomMessages({
      deliver: (epoch, messages) => this.deliverMessages(new MessageDelivery(roomId, epoch, messages)),
      onPosition: (position) => this.tellActive(encodePosition(roomId, position)),
      readHistory: hooks.readHistory,
      onGap: (from, to) => hooks.onGap('message', from, to),
    });
    this.messages.start();
  }

  /** The media nodes of its members here. */
  get nodeIds(): string[] {
    return [...new Set([...this.seats].map((seat) => seat.listener.nodeId))];
  }

  takeSeat(listener: RoomListener): RoomSeat {
    const seat = new RoomSeat(listener, this.roomId, {
      onStart: (start) => this.startFacts(start),
      findPosition: () => this.messages.position,
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
      this.tellGap();
    }
    this.facts.push(fact.seq, fact);
  }

  handleMessage(message: RoomMessage): void {
    if (message.type === 'stored') {
      this.messages.handle(message);
    } else {
      this.tellActive(encodeBarrage(this.roomId, message.message));
    }
  }

  handleVoice(voice: RoomVoice): void {
    this.dominantSpeaker.hear(voice);
  }

  /** The room's messages after a position, and where they end; undefined where only the history knows. */
  findMessagesAfter(
    position: MessagePosition,
  ): { position: MessagePosition; messages: OrderedMessage[] } | undefined {
    const messages = this.messages.findAfter(position);
    const end = this.messages.position;
    return messages === undefined || end === undefined ? undefined : { position: end, messages };
  }

  /** Something may have been told while the bus was away. */
  handleBusReturned(awayMs: number): void {
    this.messages.handleBusReturned(awayMs);
  }

  close(): void {
    this.facts.close();
    this.messages.close();
    this.memberCount.close();
    this.dominantSpeaker.close();
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
    this.deliver({ type: 'fact', delivery: new FactDelivery(this.roomId, fact) });
    if (fact.type === 'memberJoined' || fact.type === 'memberLeft') {
      this.memberCount.set(fact.memberCount);
    }
  }

  /** What is of no use to those who are not in yet. */
  private tellGap(): void {
    this.tellActive(encodeGap(this.roomId));
    for (const { listener } of this.seats) {
      listener.onFactsMissed(this.roomId);
    }
  }

  private tellActive(frame: OutFrame): void {
    for (const seat of this.seats) {
      if (seat.isActive) {
        seat.deliver({ type: 'frame', frame });
      }
    }
  }

  private deliverMessages(delivery: MessageDelivery): void {
    const frames = delivery.framesForAll;
    for (const seat of this.seats) {
      if (frames !== undefined && seat.isActive) {
        seat.deliverFrames(frames);
      } else {
        seat.deliver({ type: 'messages', delivery });
      }
    }
  }

  private deliver(delivery: SeatDelivery): void {
    for (const seat of this.seats) {
      seat.deliver(delivery);
    }
  }
}
