import { Injectable } from '@nestjs/common';
import { messagingRpc, type User } from '@polyroom/contracts';
import { LRUCache } from 'lru-cache';
import { MessagingInstances } from '../messages/messaging-instances.js';

interface KnownName {
  /** As the client gives it. */
  given: string;
  /** As members are shown it: moderation may rewrite it. */
  shown: Promise<string>;
  atMs: number;
}

const rememberedUsers = 10_000;
/** How long a verdict of moderation holds. */
const ttlMs = 600_000;

/**
 * User names reach other members, so they pass the rules of messages: a change is counted against the user's rate,
 * and a name that moderation has not seen is shown to it. A name that is known costs no request, and neither does
 * the first one of a user whose AppID has no moderation.
 */
@Injectable()
export class UserNames {
  /** By AppID and user. */
  private readonly known = new LRUCache<string, KnownName>({
    max: rememberedUsers,
    ttl: ttlMs,
    ttlResolution: 0,
  });

  constructor(private readonly instances: MessagingInstances) {}

  /** An authenticated user as members are to be shown it. Throws what messages are refused with. */
  async permit(appId: number, roomId: string, user: User): Promise<User> {
    const { userId, userName } = user;
    const key = `${appId} ${userId}`;
    const known = this.known.get(key);
    if (known?.given === userName) {
      return { userId, userName: await known.shown };
    }
    const isAsked = known !== undefined || this.instances.mayModerate(appId);
    const shown = isAsked ? this.ask(appId, roomId, user) : Promise.resolve(userName);
    const name = { given: userName, shown, atMs: performance.now() };
    this.known.set(key, name, { start: name.atMs });
    try {
      return { userId, userName: await shown };
    } catch (error) {
      if (this.known.peek(key) === name) {
        this.known.delete(key);
        // Not forgotten: the next change is one as well.
        if (known !== undefined) {
          this.known.set(key, known, { start: known.atMs });
        }
      }
      throw error;
    }
  }

  private async ask(appId: number, roomId: string, user: User): Promise<string> {
    const { contents } = await this.instances.ask(
      messagingRpc.permitUpdate,
      { appId, roomId },
      { appId, roomId, from: user, kind: 'userName', texts: [{ content: user.userName }] },
    );
    return contents[0]!;
  }
}
