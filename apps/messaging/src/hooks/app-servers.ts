import { createHmac } from 'node:crypto';
import { AppError, type messagingRpc, type User } from '@polyroom/contracts';
import { type Logger } from '@polyroom/observability';
import { type Hooks, rewrittenSchemas, verdictSchema } from './hooks.js';

/** The content of a message or update that is sent to an application server. */
export interface HookMessage {
  appId: number;
  roomId: string;
  kind: 'broadcast' | 'barrage' | 'command' | 'transparent' | messagingRpc.UpdateKind;
  from: User;
  /** Of an attribute; an empty content deletes the attribute. */
  key?: string | undefined;
  content: string;
  to?: string[] | undefined;
  /** Repeated IDs mean the same message. */
  clientMessageId?: string;
}

const signatureHeader = 'Polyroom-Signature';
const maxAnswerBytes = 128 * 1024;

/** Calls the application servers that an AppID has configured. Every request is signed and has a deadline. */
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

  /** Returns the content to send, perhaps rewritten. Throws IM_MESSAGE_REFUSED. */
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
      this.logger.warn({ err: error, appId: message.appId, onFailure }, 'moderation request failed');
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

  /** Delivers a message to the application server. Throws IM_SEND_FAILED if it does not accept it. */
  async deliver(message: HookMessage): Promise<void> {
    const hook = this.hooks[message.appId];
    if (hook?.transparent === undefined) {
      throw notTaken('the AppID has no server for messages');
    }
    try {
      await post(hook.transparent.url, hook.secret, hook.transparent.deadlineMs, message);
    } catch (error) {
      this.logger.warn({ err: error, appId: message.appId }, 'application server did not accept the message');
      throw notTaken('the server did not take it');
    }
  }
}

/** A failure of an application server is a client fault: the operator of the cluster cannot fix it. */
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
    throw new Error(`the application server replied with status ${response.status}`);
  }
  const answer = await response.text();
  if (answer.length > maxAnswerBytes) {
    throw new Error('the reply of the application server is too large');
  }
  return answer;
}
