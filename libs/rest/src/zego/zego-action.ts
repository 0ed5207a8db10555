import { type Bus } from '@polyroom/bus';
import { type auditRpc, type Permission } from '@polyroom/contracts';
import { type MessageSender, type MessagingInstances } from '@polyroom/session';
import { type z } from 'zod';

/** What an action works with. */
export interface ZegoContext {
  appId: number;
  bus: Bus;
  instances: MessagingInstances;
  sender: MessageSender;
  /** The signed statement for one of the action's permissions. */
  statementFor(permission: Permission): string;
  /** Runs one step that changes something, and reports it to the audit: done, or unknown if its answer is lost. */
  step<T>(act: ZegoAct, run: () => Promise<T>, isDone?: (result: T) => boolean): Promise<T>;
}

/** How a step of an action appears in the audit. */
export interface ZegoAct {
  action: auditRpc.ReportedAction;
  subject: string;
  after?: Record<string, unknown>;
}

/** One action of ZEGO's server API. */
export interface ZegoAction<Params extends z.ZodType = z.ZodType> {
  permissions: readonly Permission[];
  /** ZEGO's limit on all requests of an AppID. */
  perSecond: number;
  /** ZEGO's limit on the requests for one room. */
  perSecondOfRoom?: number;
  /** The return code beyond `perSecond`; 206 by default. */
  overloadCode?: number;
  /** Parameters beside the common ones. Lists have no `[]` in their names. */
  params: Params;
  /** Returns `Data` of the reply. */
  run(context: ZegoContext, params: z.output<Params>): Promise<object | undefined>;
}

/** Infers the types of one action. */
export function defineAction<Params extends z.ZodType>(action: ZegoAction<Params>): ZegoAction {
  return action as unknown as ZegoAction;
}
