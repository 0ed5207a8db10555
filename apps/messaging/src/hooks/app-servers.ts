import { createHmac } from 'node:crypto';
import { AppError, type messagingRpc, type User } from '@polyroom/contracts';
import { type Logger } from '@polyroom/observability';
import { type Hooks, rewrittenSchemas, verdictSchema } from './hooks.js';

/** What an application's server is sent of a message or an update. */
export interface HookMessage {
  appId: number;
  roomId: string;
  kind: 'broadcast' | 'barrage' | 'command' | 'transparent' | messagingRpc.UpdateKind;
  from: User;
  /** Of an attribute; its content is empty where it is removed. */
  key?: string | undefined;
  content: string;
  to?: string[] | undefined;
  /** The same again is the same message. */
  clientMessageId?: string;
}

const signatureHeader = 'Polyroom-Signature';
const maxAnswerBytes = 128 * 1024;

/** The application's own servers, where it has named them. Every request has a deadline and is signed. */
export class AppServers {
  constructor(
    private readonly hooks: Hooks,
    private readonly logger: Logger,
  ) {}

  get moderatedAppIds(): number[] {
    return Object.keys(this.hooks)
      .map(Number)
      .filter((appId) => this.moderates(appId));
  }

  moderates(appId: number): boolean {
    return this.hooks[appId]?.moderation !== undefined;
  }

  /** The content to go on with. Throws IM_MESSAGE_REFUSED. */
  async moderate(message: HookMessage): Promise<string> {
    const hook = this.hooks[message.appId];
    if (hook?.moderation === undefined) {
      return message.content;
    }
    const { url, deadlineMs, onFailure } = hook.moderation;
    let verdict;
    try {
      verdict = verdictSchema.parse(JSON.parse(await post(url, hook.secret, deadlineMs, message)));
      if (verdict.action === 'rewrite') {
        rewrittenSchemas[message.kind]?.parse(verdict.content);
      }
    } catch (error) {
      this.logger.warn({ err: error, appId: message.appId, onFailure }, 'moderation did not answer');
      if (onFailure === 'refuse') {
        throw new AppError('IM_MESSAGE_REFUSED', { details: { reason: 'no answer' } });
      }
      return message.content;
    }
    switch (verdict.action) {
      case 'allow':
        return message.content;
      case 'rewrite':
        return verdict.content;
      case 'refuse':
        throw new AppError(
          'IM_MESSAGE_REFUSED',
          verdict.reason === undefined ? {} : { details: { reason: verdict.reason } },
        );
    }
  }

  /** Hands a message to the server. Throws IM_SEND_FAILED where it did not take it. */
  async deliver(message: HookMessage): Promise<void> {
    const hook = this.hooks[message.appId];
    if (hook?.transparent === undefined) {
      throw notTaken('the AppID has no server for messages');
    }
    try {
      await post(hook.transparent.url, hook.secret, hook.transparent.deadlineMs, message);
    } catch (error) {
      this.logger.warn({ err: error, appId: message.appId }, "the application's server took no message");
      throw notTaken('the server did not take it');
    }
  }
}

/** The application's servers are on the client's side: what they fail at is no failure of ours. */
function notTaken(reason: string): AppError {
  return new AppError('IM_SEND_FAILED', { details: { reason }, fault: 'client' });
}

async function post(url: string, secret: string, deadlineMs: number, message: HookMessage): Promise<string> {
  const body = JSON.stringify(message);
  const atSeconds = Math.floor(Date.now() / 1000);
  const signature = createHmac('sha256', secret).update(`${atSeconds}.${body}`).digest('hex');
  const response = await fetch(url, {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      [signatureHeader]: `t=${atSeconds},v1=${signature}`,
    },
    body,
    redirect: 'error',
    signal: AbortSignal.timeout(deadlineMs),
  });
  if (!response.ok) {
    throw new Error(`the application's server answered ${response.status}`);
  }
  const answer = await response.text();
  if (answer.length > maxAnswerBytes) {
    throw new Error("the application's server answered too much");
  }
  return answer;
}
