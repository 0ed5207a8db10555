import {
  type MessagePosition,
  type OrderedMessage,
  type RoomFact,
  type RoomMessage,
  type RoomSpeaker,
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
import { RoomSubscription, type SubscriptionDelivery, type SubscriptionStart } from './room-subscription.js';
import { SequenceBuffer } from './sequence-buffer.js';

/** How long to wait for a fact that arrives out of order. */
const holdMs = 250;

export interface LocalRoomHooks {
  onGap: (kind: 'fact' | 'message', from: number, to: number) => void;
  onEmpty: () => void;
  readHistory: RoomMessagesHooks['readHistory'];
}

/** The members of one room on this gateway. Each frame is built once for all of them. */
export class LocalRoom {
  private readonly subscriptions = new Set<RoomSubscription>();
  private roomEpoch: string | undefined;
  /** Facts up to this number were in the first snapshot, and are delivered to no member. */
  private firstSeq = -1;
  /** Facts received before the first snapshot, which determines the ones that are new. */
  private early: RoomFact[] = [];
  private readonly facts: SequenceBuffer<RoomFact>;
  private readonly messages: RoomMessages;
  private readonly memberCount = new MemberCount((count) =>
    this.sendToActive(encodeCount(this.roomId, count)),
  );

  private readonly dominantSpeaker = new DominantSpeaker((speaker) =>
    this.sendToActive(encodeDominantSpeaker(this.roomId, speaker)),
  );

  constructor(
    private readonly roomId: string,
    private readonly hooks: LocalRoomHooks,
  ) {
    this.facts = new SequenceBuffer({
      deliver: (fact) => this.deliverFact(fact),
      onGap: (from, to) => {
        hooks.onGap('fact', from, to);
        this.sendGap();
      },
      holdMs,
    });
    this.messages = new RoomMessages({
      deliver: (epoch, messages) => this.deliverMessages(new MessageDelivery(roomId, epoch, messages)),
      onPosition: (position) => this.sendToActive(encodePosition(roomId, position), 'messageFrame'),
      readHistory: hooks.readHistory,
      onGap: (from, to) => hooks.onGap('message', from, to),
    });
    this.messages.start();
  }

  /** The media nodes of its members on this gateway. */
  get nodeIds(): string[] {
    return [...new Set([...this.subscriptions].map((subscription) => subscription.listener.nodeId))];
  }

  subscribe(listener: RoomListener): RoomSubscription {
    const subscription = new RoomSubscription(listener, this.roomId, {
      onStart: (start) => {
        this.startFacts(start);
        if (start.seq < this.firstSeq) {
          // Another login overtook this one, whose snapshot is older than the first.
          subscription.deliver({ type: 'frame', frame: encodeGap(this.roomId) });
          listener.onFactsMissed(this.roomId);
        }
      },
      findPosition: () => this.messages.position,
      onRelease: (released) => this.removeSubscription(released),
    });
    this.subscriptions.add(subscription);
    return subscription;
  }

  handleFact(fact: RoomFact): void {
    if (this.roomEpoch === undefined) {
      this.early.push(fact);
      return;
    }
    if (this.roomEpoch !== fact.roomEpoch) {
      // The room was recreated (emptied, or its data lost): its facts are numbered from the start again.
      this.start(fact.roomEpoch, fact.seq - 1);
      this.sendGap();
    }
    this.facts.push(fact.seq, fact);
  }

  handleMessage(message: RoomMessage): void {
    if (message.type === 'stored') {
      this.messages.handle(message);
    } else {
      this.sendToActive(encodeBarrage(this.roomId, message.message), 'messageFrame');
    }
  }

  handleSpeaker(speaker: RoomSpeaker): void {
    this.dominantSpeaker.add(speaker);
  }

  /**
   * The room's messages after a position, and the current position; undefined if only the history has them.
   */
  findMessagesAfter(
    position: MessagePosition,
  ): { position: MessagePosition; messages: OrderedMessage[] } | undefined {
    const messages = this.messages.findAfter(position);
    const end = this.messages.position;
    return messages === undefined || end === undefined ? undefined : { position: end, messages };
  }

  /** Messages may have been missed while the bus was down. */
  handleBusReturned(awayMs: number): void {
    this.messages.handleBusReturned(awayMs);
  }

  close(): void {
    this.facts.close();
    this.messages.close();
    this.memberCount.close();
    this.dominantSpeaker.close();
  }

  private startFacts(start: SubscriptionStart): void {
    if (this.roomEpoch === start.roomEpoch) {
      return;
    }
    this.start(start.roomEpoch, start.seq);
    const early = this.early.filter((fact) => fact.roomEpoch === start.roomEpoch);
    this.early = [];
    for (const fact of early) {
      this.facts.push(fact.seq, fact);
    }
  }

  private start(roomEpoch: string, seq: number): void {
    this.facts.reset();
    this.roomEpoch = roomEpoch;
    this.firstSeq = seq;
    this.facts.start(seq);
  }

  private removeSubscription(subscription: RoomSubscription): void {
    this.subscriptions.delete(subscription);
    if (this.subscriptions.size === 0) {
      this.hooks.onEmpty();
    }
  }

  private deliverFact(fact: RoomFact): void {
    this.deliver({ type: 'fact', delivery: new FactDelivery(this.roomId, fact) });
    if (fact.type === 'memberJoined' || fact.type === 'memberLeft') {
      this.memberCount.set(fact.memberCount);
    }
  }

  /** Subscriptions that are not active yet will get a complete snapshot, so they are skipped. */
  private sendGap(): void {
    this.sendToActive(encodeGap(this.roomId));
    for (const { listener } of this.subscriptions) {
      listener.onFactsMissed(this.roomId);
    }
  }

  private sendToActive(frame: OutFrame, type: 'messageFrame' | 'frame' = 'frame'): void {
    for (const subscription of this.subscriptions) {
      if (subscription.isActive) {
        subscription.deliver({ type, frame });
      }
    }
  }

  private deliverMessages(delivery: MessageDelivery): void {
    const frames = delivery.framesForAll;
    for (const subscription of this.subscriptions) {
      if (frames !== undefined && subscription.isActive) {
        subscription.deliverFrames(frames);
      } else {
        subscription.deliver({ type: 'messages', delivery });
      }
    }
  }

  private deliver(delivery: SubscriptionDelivery): void {
    for (const subscription of this.subscriptions) {
      subscription.deliver(delivery);
    }
  }
}
