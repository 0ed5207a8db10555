import { Injectable } from '@nestjs/common';
import { Bus } from '@polyroom/bus';
import { authRpc, type ClientResult, type MediaSession, type RoomMode } from '@polyroom/contracts';
import { ClientMethods } from '@polyroom/session';
import { HttpConnection } from './http-connection.js';
import { InteropSessions } from './interop-sessions.js';

/** Parameters of a WHIP or WHEP request, from its URL and headers. */
export interface InteropRequest {
  appId: number;
  roomId: string;
  streamId: string;
  mode: RoomMode;
  /** The user ID if omitted: tokens contain no names. */
  userName: string | undefined;
  token: string;
  clientAddress: string | undefined;
}

export interface InteropClient {
  userId: string;
  sessionId: string;
  connection: HttpConnection;
  media: MediaSession;
  snapshot: ClientResult<'room.login'>['snapshot'];
}

/** Logs the user of a token in to the room, with an ordinary session. */
@Injectable()
export class InteropLogin {
  constructor(
    private readonly bus: Bus,
    private readonly methods: ClientMethods,
    private readonly sessions: InteropSessions,
  ) {}

  /** Runs `work` in the room; if it fails, the login is undone. */
  async run<T>(
    request: InteropRequest,
    listenOnly: boolean,
    work: (client: InteropClient) => Promise<T>,
  ): Promise<T> {
    const { appId, clientAddress, mode, roomId, streamId, token, userName } = request;
    const { userId } = await this.bus.request(authRpc.identifyUser, { appId, token, clientAddress });
    const connection = new HttpConnection(clientAddress);
    connection.streamId = streamId;
    const { media, sessionId, snapshot } = await this.methods.call(connection.caller, 'room.login', {
      appId,
      token,
      mode,
      roomId,
      user: { userId, userName: userName ?? userId },
      config: { listenOnly },
    });
    try {
      return await work({ userId, sessionId, connection, snapshot, media: media! });
    } catch (error) {
      await this.sessions.leave(connection);
      throw error;
    }
  }
}
