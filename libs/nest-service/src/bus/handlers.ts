import { type EventContract, type NodeRpcContract, type RpcContract } from '@polyroom/contracts';
import { EventPattern, MessagePattern } from '@nestjs/microservices';

export type HandledContract = RpcContract | NodeRpcContract | EventContract;

/** Where a decorated handler keeps its contract, in the `extras` that Nest hands to the transport. */
export interface HandlerExtras {
  contract: HandledContract;
}

/** The method answers a request of the contract: it gets the parsed request and returns the reply. */
export function RpcHandler(contract: RpcContract): MethodDecorator {
  return MessagePattern(contract.subject, undefined, { contract } satisfies HandlerExtras);
}

/** As RpcHandler, for requests that name this process. */
export function NodeRpcHandler(contract: NodeRpcContract): MethodDecorator {
  return MessagePattern(`node.${contract.service}.${contract.method}`, undefined, {
    contract,
  } satisfies HandlerExtras);
}

/** The method hears an event of the contract, whatever its variable parts. */
export function OnEvent(contract: EventContract): MethodDecorator {
  return EventPattern(contract.name, undefined, { contract } satisfies HandlerExtras);
}
