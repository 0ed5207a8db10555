import { createHash } from 'node:crypto';
import { Controller, Inject } from '@nestjs/common';
import { KeyedQueue } from '@polyroom/async';
import { EntitlementCache, type RequestContext } from '@polyroom/bus';
import { Ctx, Payload, RpcHandler, UsageReporter } from '@polyroom/nest-service';
import { AppError, messagingRpc, type ParsedRequestOf, type ReplyOf } from '@polyroom/contracts';
import { AppServers } from '../hooks/app-servers.js';
import { MessageLog } from '../log/message-log.js';
import { MessageEvents } from './message-events.js';
import { SendRules } from './send-rules.js';

type StoredSend = messagingRpc.StoredSend;
type SendOutcome = messagingRpc.SendOutcome;

@Controller()
export class SendHandler {
  /** Keeps the order of one user's messages in a room while they are being moderated. */
  private readonly moderated = new KeyedQueue();

  constructor(
    private readonly rules: SendRules,
    @Inject(AppServers) private readonly appServers: AppServers,
    private readonly log: MessageLog,
    private readonly entitlements: EntitlementCache,
    private readonly events: MessageEvents,
    private readonly usage: UsageReporter,
  ) {}

  /** Handles each message separately: limits, moderation, then the room log. Acknowledged once stored. */
  @RpcHandler(messagingRpc.send)
  async send(
    @Payload() { messages }: ParsedRequestOf<typeof messagingRpc.send>,
    @Ctx() { authority }: RequestContext,
  ): Promise<ReplyOf<typeof messagingRpc.send>> {
    const viaServer = authority !== undefined;
    return { outcomes: await Promise.all(messages.map((message) => this.outcomeOf(message, viaServer))) };
  }

  private async outcomeOf(message: StoredSend, viaServer: boolean): Promise<SendOutcome> {
    try {
      await this.rules.check({ ...message, viaServer });
      const reachesMembers = message.mode !== 'server';
      if (reachesMembers && this.appServers.moderates(message.appId)) {
        const { appId, roomId, kind, from, to, clientMessageId } = message;
        const content = this.appServers.moderate({
          ...{ appId, roomId, kind, from, to, clientMessageId },
          content: message.content,
        });
        // Awaited later, in the queue: prevents an unhandled rejection until then.
        content.catch(() => {});
        return await this.moderated.run(`${appId} ${roomId} ${from.userId}`, async () =>
          this.store(message, await content),
        );
      }
      return await this.store(message, message.content);
    } catch (error) {
      if (error instanceof AppError) {
        return { error: error.toWire() };
      }
      throw error;
    }
  }

  /** `content` is the moderated one; usage counts what was sent. */
  private async store(message: StoredSend, content: string): Promise<SendOutcome> {
    const { appId, roomId, from, kind, category, to, mode, clientMessageId } = message;
    if (mode === 'server' || mode === 'both') {
      await this.appServers.deliver({ appId, roomId, kind, from, content, to, clientMessageId });
      if (mode === 'server') {
        this.countUsage(message);
        return { sent: {} };
      }
    }
    const key = createHash('sha256').update(`${from.userId}\n${clientMessageId}`).digest('base64url');
    const entry = {
      key: key.slice(0, 22),
      kind,
      from,
      content,
      category,
      ...(to === undefined ? {} : { to }),
    };
    const { maxStoredMessageBytes, messageEvents } = await this.entitlements.get(appId);
    const { isRepetition, numbers } = await this.log.append(appId, roomId, entry, maxStoredMessageBytes);
    if (!isRepetition) {
      this.countUsage(message);
    }
    if (messageEvents) {
      await this.events.log({ ...message, content }, numbers);
    }
    return { sent: numbers };
  }

  private countUsage({ appId, content, from, roomId }: StoredSend): void {
    const messageBytes = Buffer.byteLength(content);
    this.usage.add({ appId, roomId, userId: from.userId }, { messages: 1, messageBytes });
  }
}
