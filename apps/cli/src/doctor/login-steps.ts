import { randomBytes } from 'node:crypto';
import { createToken, TokenError, verifyToken } from '@polyroom/server-sdk';
import { cures } from '../output/cures.js';
import { toFailure } from '../output/describe-error.js';
import { type Failure } from '../output/failure.js';
import { type DecodedToken, decodeToken, validityOf } from '../token/decode-token.js';
import { type Examination } from './examination.js';
import { failed, type Finding, ok, skipped } from './finding.js';
import { GatewaySocket } from './gateway-socket.js';

/** The longest lifetime that an operator may set: the login checks that of the cluster. */
const maxLifetimeSeconds = 31_622_400;
const ownTokenSeconds = 300;
/** ROOM_AUTHENTICATION_FAILED. */
const notGenuineCode = 1002033;
const multiRoomOff = 'ROOM_LOGIN_MULTI_ROOM_NOT_OPEN';
const tokenErrors = new Set([
  'ROOM_AUTHENTICATION_FAILED',
  'ROOM_TOKEN_INNER_ERROR',
  'ROOM_TOKEN_FORMAT_ERROR',
  'ROOM_TOKEN_APPID_ERROR',
  'ROOM_TOKEN_USERID_ERROR',
  'ROOM_TOKEN_EXPIRE_ERROR',
  'ROOM_TOKEN_VERSION_ERROR',
  'ROOM_TOKEN_NONCE_TYPE_ERROR',
  'ROOM_TOKEN_REVOKED',
]);

/** Examines the token by the clock of the server, as far as that is possible without it; else makes one. */
export async function checkToken(examination: Examination): Promise<Finding> {
  const { appId, givenRoom, givenToken, serverSecret } = examination;
  const ownRoom = `doctor-${randomBytes(4).toString('hex')}`;
  if (appId === undefined) {
    return skipped('there is no AppID: use --app');
  }
  if (givenToken === undefined) {
    if (serverSecret === undefined) {
      return skipped(
        'there is neither a token nor a ServerSecret: set POLYROOM_TOKEN or POLYROOM_SERVER_SECRET',
      );
    }
    const userId = 'doctor';
    const token = await createToken({
      ...{ appId, userId, secret: serverSecret },
      effectiveTimeSeconds: ownTokenSeconds,
      rooms: 'any',
      // A wrong clock is the finding of an earlier step, and must not hide those of later ones.
      nowMs: Date.now() + (examination.serverAheadMs ?? 0),
    });
    examination.login = { userId, token, roomId: givenRoom ?? ownRoom };
    return ok(`made one for the user ${userId} with the ServerSecret`);
  }
  const decoded = decodeToken(givenToken);
  const nowMs = Date.now() + (examination.serverAheadMs ?? 0);
  const finding =
    (await findWrongSecret(examination, appId, givenToken, decoded, nowMs)) ?? judge(decoded, appId, nowMs);
  examination.login = {
    userId: decoded.user ?? 'doctor',
    token: givenToken,
    roomId: givenRoom ?? findRoom(decoded) ?? ownRoom,
  };
  return finding;
}

export async function checkWebSocket(examination: Examination): Promise<Finding> {
  try {
    examination.socket = await GatewaySocket.open(examination.url, examination.timeoutMs);
    return ok('the upgrade was accepted');
  } catch (error) {
    return failed(
      'no WebSocket',
      `the WebSocket does not open: ${toFailure(error).message}`,
      'HTTP works, but a proxy or load balancer does not pass upgrades on: no client can log in',
      'let the proxy pass Upgrade and Connection of /ws on, with HTTP/1.1 and without buffering',
    );
  }
}

export async function checkLogin(examination: Examination): Promise<Finding> {
  const { appId, login, socket, timeoutMs } = examination;
  if (login === undefined || appId === undefined || socket === undefined) {
    return skipped('there is no token to log in with');
  }
  try {
    examination.media = await socket.logIn({ ...login, appId, mode: 'multi' }, timeoutMs);
    return ok(`${login.userId} entered the room ${login.roomId}`);
  } catch (error) {
    if (toFailure(error).errorName !== multiRoomOff) {
      return describeRefusal(toFailure(error));
    }
  }
  try {
    examination.media = await socket.logIn({ ...login, appId, mode: 'single' }, timeoutMs);
    return ok(
      `${login.userId} entered the room ${login.roomId}; multi-room mode is off for the AppID (1002036)`,
    );
  } catch (error) {
    return describeRefusal(toFailure(error));
  }
}

function describeRefusal({ code, errorName, message }: Failure): Finding {
  const name = errorName ?? '';
  const detail = `the login is refused: ${code === undefined ? '' : `${code} ${name}: `}${message.replace(/\.$/, '')}`;
  const cure = cures[name] ?? 'docs/errors.md explains the code';
  return tokenErrors.has(name)
    ? failed(
        'wrong token',
        detail,
        'the servers do not accept the token, so the user enters no room',
        cure,
        code,
      )
    : failed('login refused', detail, 'users cannot enter rooms', cure, code);
}

/** Only with the ServerSecret. */
async function findWrongSecret(
  { serverSecret }: Examination,
  appId: number,
  token: string,
  decoded: DecodedToken,
  nowMs: number,
): Promise<Finding | undefined> {
  if (serverSecret === undefined) {
    return undefined;
  }
  try {
    await verifyToken(token, { appId, secret: serverSecret, maxLifetimeSeconds, nowMs });
    return undefined;
  } catch (error) {
    if (!(error instanceof TokenError)) {
      throw error;
    }
    // The other problems have words of their own below.
    return error.code === notGenuineCode && validityOf(decoded, nowMs) !== 'expired'
      ? wrong(
          'it was not made with the ServerSecret of this AppID',
          'make it with the ServerSecret that the console shows for the AppID',
          error.code,
        )
      : undefined;
  }
}

function judge(token: DecodedToken, appId: number, nowMs: number): Finding {
  if (token.appId !== undefined && token.appId !== appId) {
    return wrong(
      `it is for the AppID ${token.appId}, not ${appId}`,
      'use --app, or make a token for this AppID',
      1002076,
    );
  }
  const validity = validityOf(token, nowMs);
  if (validity === 'expired') {
    const expiredAt = new Date(token.expiresAtMs ?? nowMs).toISOString();
    return wrong(
      `it has expired at ${expiredAt}`,
      'make a new one; SDKs ask for it with tokenWillExpire',
      1002078,
    );
  }
  if (validity === 'not valid yet') {
    const validFrom = new Date(token.notBeforeMs ?? nowMs).toISOString();
    return wrong(
      `it is not valid before ${validFrom}`,
      'compare the clock of the server that makes tokens',
      1002078,
    );
  }
  return ok(
    token.user === undefined
      ? 'a token04 that has not expired'
      : `a token of the user ${token.user}, valid now`,
  );
}

function wrong(problem: string, cure: string, code: number): Finding {
  return failed('wrong token', `the token is wrong: ${problem}`, 'the servers refuse the login', cure, code);
}

/** A room that the token allows to enter. */
function findRoom({ rooms }: DecodedToken): string | undefined {
  if (rooms === undefined || rooms === 'any') {
    return undefined;
  }
  const found = rooms.find(({ rights }) => rights.includes('login'));
  return found?.room.replaceAll('*', 'doctor');
}
