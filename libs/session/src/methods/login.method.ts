import { Inject } from '@nestjs/common';
import {
  AppError,
  authRpc,
  type ClientParams,
  type ClientResult,
  type Grants,
  hasRight,
  type User,
} from '@polyroom/contracts';
import { SESSION_CONFIG, type SessionConfig } from '../session.config.js';
import { BannedAddresses } from '../session/banned-addresses.js';
import { RoomPlaces } from '../session/room-places.js';
import { ClientSession } from '../session/client-session.js';
import { Deadline } from '../session/deadline.js';
import { SessionLifecycle } from '../session/session-lifecycle.js';
import { Identities } from '../session/identities.js';
import { hashResumeToken, newResumeToken } from '../session/resume-token.js';
import { withoutOwn } from '../session/session-resumer.js';
import { UserNames } from '../session/user-names.js';
import { type EnteredRoom, type RoomEntry, SessionRooms } from '../session/session-rooms.js';
import { SessionTokens } from '../session/session-tokens.js';
import { type MethodHandler, type MethodRequest } from './method-handler.js';
import { HandlesClientMethod } from './handles-client-method.js';

type Params = ClientParams<'room.login'>;
type Result = ClientResult<'room.login'>;

const loginTimeoutMs = 10_000;

/**
 * `room.login`. The first one of a socket opens the session; those that come meanwhile wait for it, and
 * where it fails the next of them opens.
 */
@HandlesClientMethod('room.login')
export class LoginMethod implements MethodHandler<'room.login'> {
  constructor(
    private readonly identities: Identities,
    private readonly places: RoomPlaces,
    private readonly lifecycle: SessionLifecycle,
    private readonly rooms: SessionRooms,
    private readonly names: UserNames,
    private readonly tokens: SessionTokens,
    private readonly bannedAddresses: BannedAddresses,
    @Inject(SESSION_CONFIG) private readonly config: SessionConfig,
  ) {}

  handle(request: MethodRequest, params: Params): Promise<Result> {
    const entering = this.login(request, params);
    request.slot.noteEntering(params.roomId, entering);
    return entering;
  }

  private async login(request: MethodRequest, params: Params): Promise<Result> {
    try {
      const deadline = new Deadline(loginTimeoutMs, 'ROOM_LOGIN_TIMEOUT');
      const grants = await this.authenticate(request, params, deadline);
      const user = await this.toShownUser(request, params);
      return await this.enter(request, { ...params, user }, grants, deadline);
    } catch (error) {
      if (AppError.is(error, 'BUS_TIMEOUT')) {
        throw new AppError('ROOM_LOGIN_TIMEOUT', { cause: error });
      }
      throw error;
    }
  }

  private async authenticate(request: MethodRequest, params: Params, deadline: Deadline): Promise<Grants> {
    const { appId, roomId, user, token } = params;
    // The AppSign of the first login holds for the later ones; a token is per room.
    const appSign = params.appSign ?? request.slot.session?.options.appSign;
    const grants = await this.identities.authenticate(
      {
        appId,
        userId: user.userId,
        roomId,
        ...(appSign === undefined ? {} : { appSign }),
        ...(token === undefined ? {} : { token }),
        clientAddress: request.connection.clientAddress,
      },
      deadline.limit(authRpc.authenticate.timeoutMs),
    );
    if (!hasRight(grants, roomId, 'login')) {
      throw new AppError('ROOM_AUTHENTICATION_FAILED', { details: { roomId, right: 'login' } });
    }
    return grants;
  }

  private async toShownUser(request: MethodRequest, { appId, roomId, user }: Params): Promise<User> {
    const { session } = request.slot;
    const isShown = session?.options.user.userName === user.userName;
    return isShown ? user : this.names.permit(appId, roomId, user);
  }

  private async enter(
    request: MethodRequest,
    params: Params,
    grants: Grants,
    deadline: Deadline,
  ): Promise<Result> {
    const { connection, slot } = request;
    while (slot.transition !== undefined) {
      await deadline.wait(slot.transition);
    }
    // From here to the first await of what is called nothing else runs: the slot stays as it is.
    if (!connection.isOpen) {
      throw new AppError('PROTOCOL_SOCKET_CLOSED', { fault: 'client' });
    }
    const { session } = slot;
    if (session === undefined) {
      const opened = await slot.open(() => this.openSession(request, params, grants, deadline));
      const { media, resumeToken } = opened;
      return this.answer(request, opened.session, opened, { media, resumeToken });
    }
    if (params.appId !== session.options.appId || params.mode !== session.options.mode) {
      throw new AppError('COMMON_ILLEGAL_PARAM', {
        details: { path: params.appId === session.options.appId ? 'mode' : 'appId' },
      });
    }
    try {
      const entered = await this.rooms.enter(
        session,
        createEntry(session, request, params, grants, deadline, false),
      );
      return this.answer(request, session, entered, {});
    } catch (error) {
      if (
        AppError.is(error, 'ROOM_SESSION_EXCEPTION_KICKED_OUT') &&
        (await this.hasLeftAllRooms(request, session, deadline))
      ) {
        return this.enter(request, params, grants, deadline);
      }
      // The rooms that it had may have been left while this login kept it alive.
      void this.lifecycle.endIfIdle(session);
      throw error;
    }
  }

  /**
   * Whether the client itself ended the session: a logout of its last room can overtake a login, which then opens
   * the next session.
   */
  private async hasLeftAllRooms(
    { connection, slot }: MethodRequest,
    session: ClientSession,
    deadline: Deadline,
  ): Promise<boolean> {
    // The replies to these logouts may still be on their way.
    const leaving = session.memberships.map(({ roomId }) =>
      session.runForRoom(roomId, () => Promise.resolve()),
    );
    await deadline.wait(Promise.all(leaving));
    await deadline.wait(session.whenLoginsSettled());
    await this.lifecycle.endIfIdle(session);
    while (slot.transition !== undefined) {
      await deadline.wait(slot.transition);
    }
    const { endOfTokens, expulsionCode } = session;
    const isLeft = slot.session !== session && endOfTokens === undefined && expulsionCode === undefined;
    return isLeft && connection.isOpen;
  }

  private async openSession(request: MethodRequest, params: Params, grants: Grants, deadline: Deadline) {
    const { appId, mode, user, appSign, roomId } = params;
    const nodeId = await this.places.choose(appId, roomId);
    if (!request.connection.isOpen) {
      throw new AppError('PROTOCOL_SOCKET_CLOSED', { fault: 'client' });
    }
    const { gatewayId } = this.config;
    const resumeToken = newResumeToken();
    const session = new ClientSession(
      {
        appId,
        mode,
        user,
        gatewayId,
        appSign,
        attach: 1,
        resumeTokenHash: hashResumeToken(resumeToken),
        clientAddress: request.connection.clientAddress,
      },
      nodeId,
      request.connection,
      request.slot,
    );
    const entry = createEntry(session, request, params, grants, deadline, true);
    return { session, resumeToken, ...(await this.lifecycle.open(session, entry)) };
  }

  private answer(
    request: MethodRequest,
    session: ClientSession,
    { membership, snapshot }: EnteredRoom,
    opened: Pick<Result, 'media' | 'resumeToken'>,
  ): Result {
    request.afterReply(() => {
      membership.subscription.activate(snapshot);
      this.tokens.handleEntered(session, membership);
      this.bannedAddresses.watch(session);
    });
    return { sessionId: session.sessionId, snapshot: withoutOwn(session, snapshot), ...opened };
  }
}

function createEntry(
  session: ClientSession,
  request: MethodRequest,
  params: Params,
  grants: Grants,
  deadline: Deadline,
  opens: boolean,
): RoomEntry {
  return {
    roomId: params.roomId,
    user: params.user,
    token: grants,
    listenOnly: params.config?.listenOnly === true,
    client: params.client,
    requestId: `${session.sessionId}:${session.options.attach}:${request.id}`,
    maxMemberCount: params.config?.maxMemberCount ?? 0,
    isUserStatusNotify: params.config?.isUserStatusNotify ?? false,
    deadline,
    opens,
  };
}
