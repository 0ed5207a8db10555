import { AppError, type ClientParams, type ClientResult, findTextError } from '@polyroom/contracts';
import { BroadcastMethod } from './broadcast.method.js';
import { type MethodHandler, type MethodRequest } from './method-handler.js';
import { HandlesClientMethod } from './handles-client-method.js';

type Params = ClientParams<'message.broadcastToRooms'>;
type RoomResult = ClientResult<'message.broadcastToRooms'>['results'][number];

/** `message.broadcastToRooms`: one message in several rooms; what one refuses does not concern the others. */
@HandlesClientMethod('message.broadcastToRooms')
export class BroadcastToRoomsMethod implements MethodHandler<'message.broadcastToRooms'> {
  constructor(private readonly broadcast: BroadcastMethod) {}

  async handle(
    request: MethodRequest,
    { roomIds, ...message }: Params,
  ): Promise<ClientResult<'message.broadcastToRooms'>> {
    const results = [...new Set(roomIds)].map((roomId) => this.sendTo(request, roomId, message));
    return { results: await Promise.all(results) };
  }

  private async sendTo(
    request: MethodRequest,
    roomId: string,
    message: Omit<Params, 'roomIds'>,
  ): Promise<RoomResult> {
    try {
      const problem = findTextError('roomId', roomId);
      if (problem !== undefined) {
        throw new AppError(problem);
      }
      return { roomId, sent: await this.broadcast.handle(request, { roomId, ...message }) };
    } catch (error) {
      const appError = error instanceof AppError ? error : new AppError('ROOM_INNER_ERROR', { cause: error });
      return { roomId, error: appError.toWire() };
    }
  }
}
