import { type BarrageMessage, type ClientEventData, type OrderedMessage } from '@polyroom/contracts';
import { type Emitter } from '../emitter.js';
import { type Link } from '../signal/link.js';
import { type ZegoEvents } from '../zego-types.js';
import { type ZegoUser } from '../zego-user.js';
import { MessageTimeline } from './message-timeline.js';
import { type Rooms } from './rooms.js';

/**
 * Delivers the messages of all rooms, in order per room. A sender's own messages are not delivered, as in
 * ZEGO's SDK.
 */
export class ReceivedMessages {
  private readonly timelines = new Map<string, MessageTimeline>();

  constructor(
    private readonly link: Link,
    private readonly rooms: Rooms,
    private readonly events: Emitter<ZegoEvents>,
  ) {
    link.events.on('message.position', ({ roomId, position }) =>
      rooms.whenIn(roomId, () => this.timelineOf(roomId).handlePosition(position)),
    );
    link.events.on('message.received', ({ roomId, epoch, messages }) =>
      rooms.whenIn(roomId, () => this.timelineOf(roomId).handleReceived(epoch, messages)),
    );
    link.events.on('message.barrage', (received) => this.handleBarrage(received));
  }

  handleLost(): void {
    this.timelines.forEach((timeline) => timeline.handleLost());
  }

  handleRoomLeft(roomID: string): void {
    this.timelines.get(roomID)?.close();
    this.timelines.delete(roomID);
  }

  private timelineOf(roomID: string): MessageTimeline {
    const known = this.timelines.get(roomID);
    if (known !== undefined) {
      return known;
    }
    const timeline = new MessageTimeline({
      roomID,
      readHistory: (params) => this.link.call('message.history', params),
      deliver: (messages) => this.tell(roomID, messages),
      onLost: () => this.events.emit('roomMessagesLost', roomID),
      isReachable: () => this.link.isOpen && this.rooms.find(roomID)?.state === 'logined',
    });
    this.timelines.set(roomID, timeline);
    return timeline;
  }

  private handleBarrage({ roomId, messages }: ClientEventData<'message.barrage'>): void {
    this.rooms.whenIn(roomId, () => {
      const others = messages.filter((message) => !this.isOwn(roomId, message));
      if (others.length > 0) {
        this.events.emit('IMRecvBarrageMessage', roomId, others.map(toMessageInfo));
      }
    });
  }

  /** Batches consecutive broadcast messages into one event. */
  private tell(roomID: string, messages: OrderedMessage[]): void {
    let broadcasts: OrderedMessage[] = [];
    const tellBroadcasts = (): void => {
      if (broadcasts.length > 0) {
        this.events.emit('IMRecvBroadcastMessage', roomID, broadcasts.map(toMessageInfo));
        broadcasts = [];
      }
    };
    for (const message of messages) {
      if (this.isOwn(roomID, message)) {
        continue;
      }
      switch (message.kind) {
        case 'broadcast':
          broadcasts.push(message);
          break;
        case 'command':
          tellBroadcasts();
          this.events.emit('IMRecvCustomCommand', roomID, toZegoUser(message.from), message.content);
          break;
        case 'transparent':
          tellBroadcasts();
          this.events.emit('recvRoomTransparentMessage', roomID, {
            sendUser: toZegoUser(message.from),
            content: fromBase64(message.content),
          });
          break;
      }
    }
    tellBroadcasts();
  }

  private isOwn(roomID: string, { from }: OrderedMessage | BarrageMessage): boolean {
    return from.userId === this.rooms.find(roomID)?.user.userID;
  }
}

function toMessageInfo<Id>(message: {
  messageId: Id;
  content: string;
  sentAtMs: number;
  from: OrderedMessage['from'];
}): { message: string; messageID: Id; sendTime: number; fromUser: ZegoUser } {
  const { content, messageId, sentAtMs, from } = message;
  return { message: content, messageID: messageId, sendTime: sentAtMs, fromUser: toZegoUser(from) };
}

function toZegoUser({ userId, userName }: OrderedMessage['from']): ZegoUser {
  return { userID: userId, userName };
}

function fromBase64(text: string): Uint8Array {
  return Uint8Array.from(atob(text), (character) => character.charCodeAt(0));
}
