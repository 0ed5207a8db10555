import { type EventContract, type NodeRpcContract, type RpcContract } from '@polyroom/contracts';
import { EventPattern, MessagePattern } from '@nestjs/microservices';

export type HandledContract = RpcContract | NodeRpcContract | EventContract;

/** The contract of a decorated handler, in the `extras` that Nest passes to the transport. */
export interface HandlerExtras {
  contract: HandledContract;
}

/** For a handler that needs the context: `handle(@Payload() request, @Ctx() context: RequestContext)`. */
export { Ctx, Payload } from '@nestjs/microservices';

/** The method handles requests of the contract: takes the parsed request and returns the reply. */
export function RpcHandler(contract: RpcContract): MethodDecorator {
  return MessagePattern(contract.subject, undefined, { contract } satisfies HandlerExtras);
}

/** As RpcHandler, for requests addressed to this process. */
export function NodeRpcHandler(contract: NodeRpcContract): MethodDecorator {
  return MessagePattern(`node.${contract.service}.${contract.method}`, undefined, {
    contract,
  } satisfies HandlerExtras);
}

/** The method handles events of the contract, with any tokens. */
export function OnEvent(contract: EventContract): MethodDecorator {
  return EventPattern(contract.name, undefined, { contract } satisfies HandlerExtras);
}
