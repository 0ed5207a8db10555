/** Path of the client's WebSocket on a gateway, and its subprotocol. */
export const clientSocketPath = '/ws';
export const clientSubprotocol = 'polyroom.json.v1';
/** Bytes of one frame; a larger one is refused with 1190002. */
export const clientFrameMaxBytes = 64 * 1024;

/** Close codes of the client's socket: 4000..4499 reconnect, 4500..4999 stop. */
export const clientCloseCodes = {
  serverShutdown: 4000,
  /** The session has moved to another socket. */
  sessionMoved: 4001,
  /** The client reads too slowly; missed messages are in the rooms' history. */
  tooSlow: 4002,
  /** The client neither logged in nor resumed a session in time. */
  loginTimeout: 4003,
  /** A message did not arrive completely in time. */
  messageTimeout: 4004,
  protocolError: 4500,
} as const;

/**
 * A client that will not return closes its socket with this code: its session ends at once, without grace. A
 * page can do this while it is being closed.
 */
export const clientLeaveCloseCode = 4900;

/** Firefox closes the sockets of a page that navigates away with this code, before the page gets an event. */
export const goingAwayCloseCode = 1001;
