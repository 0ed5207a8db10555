import { authRpc, type ClientParams, type ClientResult } from '@polyroom/contracts';
import { Identities } from '../session/identities.js';
import { SessionTokens } from '../session/session-tokens.js';
import { getSession, type MethodHandler, type MethodRequest } from './method-handler.js';
import { HandlesClientMethod } from './handles-client-method.js';

/** `room.renewToken`: replaces the token of a room, before it expires or to change the rights. */
@HandlesClientMethod('room.renewToken')
export class RenewTokenMethod implements MethodHandler<'room.renewToken'> {
  constructor(
    private readonly identities: Identities,
    private readonly tokens: SessionTokens,
  ) {}

  async handle(
    request: MethodRequest,
    { roomId, token }: ClientParams<'room.renewToken'>,
  ): Promise<ClientResult<'room.renewToken'>> {
    const session = getSession(request);
    session.getMembership(roomId, 'ROOM_ROOMID_INCORRECT');
    const { appId, userId } = session.ref;
    const { clientAddress } = request.connection;
    const grants = await this.identities.authenticate(
      { appId, userId, roomId, token, clientAddress },
      authRpc.authenticate.timeoutMs,
      'renew',
    );
    const roomIds = await this.tokens.renew(session, roomId, grants);
    return { roomIds, ...(grants.expiresAtMs === undefined ? {} : { expiresAtMs: grants.expiresAtMs }) };
  }
}
