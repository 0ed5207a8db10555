import { SetMetadata } from '@nestjs/common';
import { type auditRpc } from '@polyroom/contracts';

/** Key of the metadata of an audited route. */
export const auditedKey = 'polyroom:audited';

/** The validated arguments of a request, and the handler's reply. */
export interface ActArguments {
  params: Record<string, string | undefined>;
  body: Record<string, unknown>;
  /** Undefined if the outcome is unknown. */
  reply: Record<string, unknown> | undefined;
}

/** How a route appears in the audit. Nothing that it returns may contain a secret. */
export interface AuditedAct {
  action: auditRpc.ReportedAction;
  subject: (act: ActArguments) => string;
  after?: (act: ActArguments) => Record<string, unknown>;
  /** False: the reply does not wait until the act is stored. */
  waits?: boolean;
}

/** The act of a route, which the gateway reports when it is done. */
export const Audited = (act: AuditedAct): MethodDecorator => SetMetadata(auditedKey, act);

/** The service behind the route records the act in the transaction of the change, or the handler reports it. */
export const AuditedByOwner = (): MethodDecorator => SetMetadata(auditedKey, 'owner');
