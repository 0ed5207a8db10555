import { Injectable } from '@nestjs/common';
import { messagingRpc, type User } from '@polyroom/contracts';
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
const maxAgeMs = 600_000;

/**
 * User names reach other members, so they pass the rules of messages: a change is counted against the user's rate,
 * and a name that moderation has not seen is shown to it. A name that is known costs no request, and neither does
 * the first one of a user whose AppID has no moderation.
 */
@Injectable()
export class UserNames {
  /** By AppID and user; the one used last stands last. */
  private readonly known = new Map<string, KnownName>();

  constructor(private readonly instances: MessagingInstances) {}

  /** An authenticated user as members are to be shown it. Throws what messages are refused with. */
  async permit(appId: number, roomId: string, user: User): Promise<User> {
    const { userId, userName } = user;
    const key = `${appId} ${userId}`;
    const known = this.find(key);
    if (known?.given === userName) {
      this.remember(key, known);
      return { userId, userName: await known.shown };
    }
    const isAsked = known !== undefined || this.instances.mayModerate(appId);
    const shown = isAsked ? this.ask(appId, roomId, user) : Promise.resolve(userName);
    const name = { given: userName, shown, atMs: Date.now() };
    this.remember(key, name);
    try {
      return { userId, userName: await shown };
    } catch (error) {
      if (this.known.get(key) === name) {
        this.known.delete(key);
        // Not forgotten: the next change is one as well.
        if (known !== undefined) {
          this.remember(key, known);
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

  private find(key: string): KnownName | undefined {
    const known = this.known.get(key);
    return known === undefined || Date.now() - known.atMs > maxAgeMs ? undefined : known;
  }

  private remember(key: string, name: KnownName): void {
    this.known.delete(key);
    this.known.set(key, name);
    if (this.known.size > rememberedUsers) {
      this.known.delete(this.known.keys().next().value!);
    }
  }
}
