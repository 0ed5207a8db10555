import { nodeSubject, type RequiredAuthority } from '@polyroom/contracts';
import { type CustomTransportStrategy, type MessageHandler, Server } from '@nestjs/microservices';
import { type Observable, isObservable, lastValueFrom } from 'rxjs';
import { type Bus, type BusSubscription, type RequestContext, StatementVerifier } from '@polyroom/bus';
import { type HandlerExtras } from './handlers.js';

/**
 * Nest transport on the bus. `close()` drains the subscriptions; Nest waits for it before it runs the hooks
 * that close the dependencies of handlers. Verifies the statements of privileged requests. Does not close the bus,
 * which its creator owns.
 */
export class BusServer extends Server implements CustomTransportStrategy {
  private readonly subscriptions: BusSubscription[] = [];
  private readonly verifier: StatementVerifier;

  constructor(
    private readonly bus: Bus,
    /** Address of this process for requests to one node; required if there are NodeRpcHandlers. */
    private readonly nodeId: string | undefined,
  ) {
    super();
    this.verifier = new StatementVerifier(bus);
  }

  listen(callback: (error?: unknown) => void): void {
    void this.start().then(() => callback(), callback);
  }

  async close(): Promise<void> {
    await Promise.all(this.subscriptions.splice(0).map((subscription) => subscription.drain()));
  }

  override on(): never {
    throw new Error('the bus server emits no events');
  }

  override unwrap<T>(): T {
    return this.bus as T;
  }

  /** Here, so that no handler of a privileged contract can forget it. */
  private async authorize(
    required: RequiredAuthority,
    request: unknown,
    context: RequestContext,
  ): Promise<void> {
    if (context.statement !== undefined || required.isOptional !== true) {
      context.accept(await this.verifier.verify(context.statement, required, request));
    }
  }

  private async start(): Promise<void> {
    for (const handler of this.messageHandlers.values()) {
      this.subscriptions.push(...this.bind(handler));
    }
    // Ready only after the server has processed every subscription.
    await this.bus.flush();
  }

  private bind(handler: MessageHandler): BusSubscription[] {
    const contract = (handler.extras as HandlerExtras | undefined)?.contract;
    if (contract === undefined) {
      throw new Error('a handler on the bus has no contract: use RpcHandler, NodeRpcHandler or OnEvent');
    }
    const call = async (argument: unknown, context: RequestContext): Promise<never> => {
      if (contract.kind !== 'event' && contract.authority !== undefined) {
        await this.authorize(contract.authority, argument, context);
      }
      const result: unknown = await handler(argument, context);
      return (
        isObservable(result)
          ? await lastValueFrom(result as Observable<unknown>, { defaultValue: undefined })
          : result
      ) as never;
    };
    if (contract.kind === 'event') {
      const handleEvent = async (payload: unknown): Promise<void> => {
        for (
          let next: MessageHandler | undefined = handler;
          next !== undefined;
          next = next.next as MessageHandler | undefined
        ) {
          const result: unknown = await next(payload, {});
          if (isObservable(result)) {
            await lastValueFrom(result, { defaultValue: undefined });
          }
        }
      };
      return [this.bus.subscribe(contract, {}, handleEvent)];
    }
    if (contract.kind === 'nodeRpc' && this.nodeId === undefined) {
      throw new Error(
        `${contract.service}.${contract.method} is addressed to one process: pass nodeId to runService`,
      );
    }
    const { nodeId } = this;
    const byName =
      nodeId === undefined
        ? []
        : [this.bus.respond(contract, nodeSubject(contract, nodeId), undefined, call)];
    return contract.kind === 'rpc'
      ? [this.bus.respond(contract, contract.subject, contract.service, call), ...byName]
      : byName;
  }
}
