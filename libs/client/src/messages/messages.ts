import { type ClientErrorName, findClientErrorName, findTextError } from '@polyroom/contracts/client';
import { assertText, illegalArgument, refuseArgument } from '../arguments.js';
import { type SendBytesOptions, type SentMessage, type SentToRoom } from '../client-types.js';
import { PolyroomError } from '../polyroom-error.js';
import { type Platform } from '../platform/platform.js';
import { randomHex } from '../platform/random-hex.js';
import { type Rooms } from '../rooms/rooms.js';
import { type Link } from '../signal/link.js';

/** How long storing a message is retried. Shorter than the time for which the cluster remembers its ID. */
const sendBudgetMs = 15_000;
const retryDelayMs = 250;
/**
 * After these failures it is unknown whether the message was stored; a retry with the same message ID
 * resolves it.
 */
const unsureFailures = new Set([
  'PROTOCOL_SOCKET_CLOSED',
  'PROTOCOL_NETWORK_TIMEOUT',
  'IM_SEND_FAILED',
  'BUS_TIMEOUT',
  'BUS_UNAVAILABLE',
]);

const targets = ['clients', 'server', 'both'];
const defaultTimeoutMs = 10_000;

/** Sends messages. Success means that the message is stored, unless it is droppable. */
export class Messages {
  constructor(
    private readonly link: Link,
    private readonly rooms: Rooms,
    private readonly platform: Pick<Platform, 'crypto'>,
  ) {}

  async send(roomId: string, text: string): Promise<SentMessage> {
    const clientMessageId = newMessageId(this.platform);
    this.assertMaySend(roomId, text, 'text');
    const { messageId } = await this.sendSurely([roomId], sendBudgetMs, () =>
      this.link.call('message.broadcast', { roomId, content: text, clientMessageId }),
    );
    return { messageId };
  }

  /** Sends one message to several rooms; each room has its own result. */
  async sendToRooms(roomIds: string[], text: string): Promise<SentToRoom[]> {
    const clientMessageId = newMessageId(this.platform);
    if (!Array.isArray(roomIds)) {
      throw illegalArgument('roomIds', 'expected a list of room IDs');
    }
    roomIds.forEach((roomId, index) => assertText('roomId', roomId, `roomIds[${index}]`));
    assertContent(text, 'text');
    const unique = [...new Set(roomIds)];
    const { results } = await this.sendSurely(unique, sendBudgetMs, () =>
      this.link.call('message.broadcastToRooms', { roomIds: unique, content: text, clientMessageId }),
    );
    return results.map((result) =>
      'error' in result
        ? { roomId: result.roomId, error: PolyroomError.fromWire(result.error) }
        : { roomId: result.roomId, messageId: result.sent.messageId },
    );
  }

  /** Sent without a retry: a droppable message may be lost. */
  async sendDroppable(roomId: string, text: string): Promise<{ messageId: string }> {
    this.assertMaySend(roomId, text, 'text');
    try {
      return await this.link.call('message.barrage', { roomId, content: text });
    } catch (error) {
      throw toSendError(error);
    }
  }

  /** To all devices of the users, or to all members if the list is empty. */
  async sendCommand(roomId: string, text: string, userIds: string[] = []): Promise<void> {
    const clientMessageId = newMessageId(this.platform);
    this.assertMaySend(roomId, text, 'text');
    assertUserIds(userIds, 'userIds');
    await this.sendSurely([roomId], sendBudgetMs, () =>
      this.link.call('message.command', { roomId, content: text, to: userIds, clientMessageId }),
    );
  }

  async sendBytes(roomId: string, bytes: Uint8Array, options: SendBytesOptions = {}): Promise<void> {
    const clientMessageId = newMessageId(this.platform);
    const content = toBase64(bytes);
    this.assertMaySend(roomId, content, 'bytes');
    const { target = 'clients', timeoutMs = defaultTimeoutMs, to = [] } = options;
    if (!targets.includes(target)) {
      throw illegalArgument('options.target', "expected 'clients', 'server' or 'both'");
    }
    if (!(timeoutMs > 0)) {
      throw illegalArgument('options.timeoutMs', 'expected a number of milliseconds above 0');
    }
    assertUserIds(to, 'options.to');
    await this.sendSurely([roomId], timeoutMs, () =>
      this.link.call('message.transparent', { roomId, mode: target, content, to, clientMessageId }),
    );
  }

  private assertMaySend(roomId: string, content: string, path: string): void {
    assertText('roomId', roomId, 'roomId');
    assertContent(content, path);
    this.rooms.assertIn(roomId, 'IM_INCONSISTENT_ROOM_ID');
  }

  /**
   * Retries until there is a definite answer, across reconnections too; the message ID prevents duplicates.
   */
  private async sendSurely<T>(roomIds: string[], budgetMs: number, ask: () => Promise<T>): Promise<T> {
    const deadlineMs = performance.now() + budgetMs;
    for (;;) {
      try {
        // A new connection carries no session until the rooms are restored: the servers would refuse the message.
        if (roomIds.some((roomId) => this.rooms.find(roomId)?.state === 'reconnecting')) {
          throw PolyroomError.of('PROTOCOL_SOCKET_CLOSED');
        }
        return await ask();
      } catch (error) {
        const failure = PolyroomError.from(error, 'IM_SEND_FAILED');
        const isUnsure = unsureFailures.has(findClientErrorName(failure.code) ?? '');
        if (!isUnsure || !(await this.waitForRooms(roomIds, deadlineMs))) {
          throw toSendError(failure);
        }
      }
    }
  }

  /** Resolves to true once all rooms are entered, to false if one was left or the deadline passed. */
  private async waitForRooms(roomIds: string[], deadlineMs: number): Promise<boolean> {
    for (;;) {
      await new Promise((resolve) => setTimeout(resolve, retryDelayMs));
      const rooms = roomIds.flatMap((roomId) => this.rooms.find(roomId) ?? []);
      if (rooms.length === 0 || performance.now() >= deadlineMs) {
        return false;
      }
      if (this.link.isOpen && rooms.every((room) => room.state === 'joined')) {
        return true;
      }
    }
  }
}

/** Names a message of this sender, so that a repeated one is stored once. */
function newMessageId(platform: Pick<Platform, 'crypto'>): string {
  return `ms_${randomHex(platform)}`;
}

const userIdErrors: { [Name in ClientErrorName]?: ClientErrorName } = {
  ROOM_USER_ID_NULL: 'IM_USER_ID_EMPTY',
  ROOM_USER_ID_TOO_LONG: 'IM_USER_ID_TOO_LONG',
};

function assertUserIds(userIds: unknown, path: string): void {
  if (!Array.isArray(userIds)) {
    throw illegalArgument(path, 'expected a list of user IDs');
  }
  userIds.forEach((userId: unknown, index) => {
    const problem = findTextError('userId', userId);
    if (problem !== undefined) {
      throw refuseArgument(userIdErrors[problem] ?? problem, `${path}[${index}]`);
    }
  });
}

function assertContent(content: unknown, path: string): void {
  if (typeof content !== 'string' || content === '') {
    throw refuseArgument('IM_CONTENT_NULL', path);
  }
}

function toBase64(bytes: unknown): string {
  if (!(bytes instanceof Uint8Array)) {
    throw illegalArgument('bytes', 'expected a Uint8Array');
  }
  let text = '';
  for (const byte of bytes) {
    text += String.fromCharCode(byte);
  }
  return btoa(text);
}

/** Maps network errors to a failed send. */
function toSendError(error: unknown): PolyroomError {
  const failure = PolyroomError.from(error, 'IM_SEND_FAILED');
  return unsureFailures.has(findClientErrorName(failure.code) ?? '')
    ? PolyroomError.of('IM_SEND_FAILED')
    : failure;
}
