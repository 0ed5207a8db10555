import { AppError, authRpc, type ClientParams, type ClientResult, hasRight } from '@polyroom/contracts';
import { type ClientSession } from '../session/client-session.js';
import { Deadline } from '../session/deadline.js';
import { Identities } from '../session/identities.js';
import { SessionLifecycle } from '../session/session-lifecycle.js';
import { withoutOwn } from '../session/session-resumer.js';
import { SessionRooms } from '../session/session-rooms.js';
import { SessionTokens } from '../session/session-tokens.js';
import { getSession, type MethodHandler, type MethodRequest } from './method-handler.js';
import { HandlesClientMethod } from './handles-client-method.js';

const switchTimeoutMs = 10_000;

/** `room.switch`: leaves one room for another; streams that are also shared elsewhere continue. */
@HandlesClientMethod('room.switch')
export class SwitchMethod implements MethodHandler<'room.switch'> {
  constructor(
    private readonly identities: Identities,
    private readonly rooms: SessionRooms,
    private readonly tokens: SessionTokens,
    private readonly lifecycle: SessionLifecycle,
  ) {}

  async handle(
    request: MethodRequest,
    params: ClientParams<'room.switch'>,
  ): Promise<ClientResult<'room.switch'>> {
    const session = getSession(request);
    const switching = this.switchInTime(request, session, params);
    request.slot.noteEntering(params.toRoomId, switching);
    return switching;
  }

  private async switchInTime(
    request: MethodRequest,
    session: ClientSession,
    params: ClientParams<'room.switch'>,
  ): Promise<ClientResult<'room.switch'>> {
    try {
      return await this.switch(request, session, params);
    } catch (error) {
      if (AppError.is(error, 'BUS_TIMEOUT')) {
        throw new AppError('ROOM_LOGIN_TIMEOUT', { cause: error });
      }
      throw error;
    }
  }

  private async switch(
    request: MethodRequest,
    session: ClientSession,
    { fromRoomId, toRoomId, token, config }: ClientParams<'room.switch'>,
  ): Promise<ClientResult<'room.switch'>> {
    session.getMembership(fromRoomId, 'ROOM_ROOMID_INCORRECT');
    if (fromRoomId === toRoomId) {
      throw new AppError('ROOM_ROOM_ID_HAS_BEEN_USED', { details: { roomId: toRoomId } });
    }
    const deadline = new Deadline(switchTimeoutMs, 'ROOM_LOGIN_TIMEOUT');
    const { appId, appSign, user } = session.options;
    const grants = await this.identities.authenticate(
      {
        appId,
        userId: user.userId,
        roomId: toRoomId,
        ...(appSign === undefined ? {} : { appSign }),
        ...(token === undefined ? {} : { token }),
        clientAddress: request.connection.clientAddress,
      },
      deadline.limit(authRpc.authenticate.timeoutMs),
    );
    if (!hasRight(grants, toRoomId, 'login')) {
      throw new AppError('ROOM_AUTHENTICATION_FAILED', { details: { roomId: toRoomId, right: 'login' } });
    }
    try {
      const { membership, snapshot } = await this.rooms.switch(session, {
        roomId: toRoomId,
        fromRoomId,
        user,
        token: grants,
        listenOnly: config?.listenOnly === true,
        requestId: `${session.sessionId}:${session.options.attach}:${request.id}`,
        maxMemberCount: config?.maxMemberCount ?? 0,
        isUserStatusNotify: config?.isUserStatusNotify ?? false,
        deadline,
        opens: false,
      });
      request.afterReply(() => {
        membership.subscription.activate(snapshot);
        this.tokens.handleEntered(session, membership);
      });
      return { snapshot: withoutOwn(session, snapshot) };
    } catch (error) {
      await this.rooms.dropUnheld(session, fromRoomId);
      void this.lifecycle.endIfIdle(session);
      throw error;
    }
  }
}
