import { type IncomingMessage, type Server } from 'node:http';
import { type Duplex } from 'node:stream';
import { Inject, Injectable, type OnModuleDestroy } from '@nestjs/common';
import { findClientAddress } from '@polyroom/addresses';
import {
  clientCloseCodes,
  clientLeaveCloseCode,
  goingAwayCloseCode,
  clientSocketPath,
  clientSubprotocol,
  socketLimits,
} from '@polyroom/contracts';
import { FastIo } from '@polyroom/fast-io';
import { cutText, RefusalLog } from '@polyroom/observability';
import { type Logger } from 'pino';
import { type RawData, type WebSocket, WebSocketServer } from 'ws';
import { gatewayMetrics } from '../gateway-metrics.js';
import { type GatewayConfig } from '../gateway.config.js';
import { LOGGER } from '@polyroom/nest-service';
import { GATEWAY_CONFIG } from '../gateway-tokens.js';
import { describeCaller, SessionLifecycle, sessionMetrics } from '@polyroom/session';
import { Admission, type AdmissionRefusal } from './admission.js';
import { ClientConnection } from './client-connection.js';
import { FlushTick } from './flush-tick.js';
import { LoginDeadlines } from './login-deadlines.js';
import { MethodRouter } from './method-router.js';
import { UnauthenticatedBudget } from './unauthenticated-budget.js';
import { UnauthenticatedQueue } from './unauthenticated-queue.js';

const pingSlotCount = 15;

/** The limits on one address are the client's to keep; those on the process mean that another gateway has room. */
const refusalStatuses: Record<AdmissionRefusal, string> = {
  address: '429 Too Many Requests',
  unauthenticated_address: '429 Too Many Requests',
  process: '503 Service Unavailable',
  unauthenticated: '503 Service Unavailable',
};
/** Places of unauthenticated sockets become free within seconds. */
const retryAfterSeconds = 5;

/** WebSocket server on the gateway's port: accepts sockets, checks that they are alive, and closes them. */
@Injectable()
export class SocketServer implements OnModuleDestroy {
  private readonly webSockets = new WebSocketServer({
    noServer: true,
    clientTracking: false,
    // Costs far more memory per socket than it saves in bytes.
    perMessageDeflate: false,
    maxPayload: socketLimits.hardFrameMaxBytes,
    maxFragments: socketLimits.maxFragments,
    maxBufferedChunks: socketLimits.maxBufferedChunks,
    closeTimeout: socketLimits.closeTimeoutMs,
    handleProtocols: (protocols: Set<string>) =>
      protocols.has(clientSubprotocol) ? clientSubprotocol : false,
  } as ConstructorParameters<typeof WebSocketServer>[0]);
  private readonly connections = new Set<ClientConnection>();
  private readonly tick: FlushTick;
  private readonly unauthenticatedBudget = new UnauthenticatedBudget();
  private readonly unauthenticatedQueue = new UnauthenticatedQueue();
  private readonly admission: Admission;
  private readonly loginDeadlines: LoginDeadlines<ClientConnection>;
  /** Sockets by their part of the ping interval, so that they are not all pinged at once. */
  private readonly pingSlots = Array.from({ length: pingSlotCount }, () => new Set<ClientConnection>());
  private pingSlot = 0;
  private inputSlot = 0;
  private lastPingSlot = 0;
  /** Closed sockets whose sessions are not yet suspended or ended. */
  private readonly departures = new Set<Promise<void>>();
  private heartbeat: NodeJS.Timeout | undefined;
  private inputCheck: NodeJS.Timeout | undefined;
  private closing = false;
  private readonly refusals: RefusalLog;

  constructor(
    private readonly router: MethodRouter,
    private readonly lifecycle: SessionLifecycle,
    @Inject(GATEWAY_CONFIG) private readonly config: GatewayConfig,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {
    this.tick = new FlushTick(new FastIo(config.fastIo));
    this.refusals = new RefusalLog(logger);
    this.admission = new Admission(config.admission);
    this.loginDeadlines = new LoginDeadlines(config.loginTimeoutMs, (connection) =>
      this.closeLate(connection),
    );
  }

  /** Call once. */
  attach(server: Server): void {
    if (this.config.fastIo && !this.tick.isBatching) {
      this.logger.info('io_submit is not available: each socket takes its own system call');
    }
    server.on('upgrade', (request, socket, head) => this.handleUpgrade(request, socket, head));
    this.heartbeat = setInterval(() => {
      this.pingSlot = (this.pingSlot + 1) % pingSlotCount;
      for (const connection of this.pingSlots[this.pingSlot]!) {
        connection.checkAlive(socketLimits.maxMissedPongs);
      }
    }, socketLimits.pingIntervalMs / pingSlotCount);
    this.heartbeat.unref();
    this.inputCheck = setInterval(() => {
      this.inputSlot = (this.inputSlot + 1) % pingSlotCount;
      this.checkInputs(this.pingSlots[this.inputSlot]!);
    }, this.config.requestTimeoutMs / pingSlotCount);
    this.inputCheck.unref();
  }

  /** Closes all sockets, so that clients reconnect to another gateway, and suspends their sessions. */
  async onModuleDestroy(): Promise<void> {
    this.closing = true;
    clearInterval(this.heartbeat);
    clearInterval(this.inputCheck);
    this.loginDeadlines.close();
    for (const connection of this.connections) {
      connection.close(clientCloseCodes.serverShutdown, 'shutting down');
    }
    // Destroys sockets that do not complete the closing handshake in time, which ws alone would wait for.
    const lastResort = setTimeout(() => {
      for (const connection of this.connections) {
        connection.terminate();
      }
    }, socketLimits.closeTimeoutMs);
    while (this.connections.size > 0 || this.departures.size > 0) {
      await Promise.race([...this.departures, new Promise((resolve) => setTimeout(resolve, 20))]);
    }
    clearTimeout(lastResort);
    this.tick.close();
  }

  private handleUpgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void {
    // Until ws has taken over the socket, an unhandled error on it would end the process.
    const ignoreError = () => socket.destroy();
    socket.on('error', ignoreError);
    const path = request.url?.split('?', 1)[0];
    const address = findClientAddress(request, this.config.trustedProxies);
    if (path !== clientSocketPath || this.closing) {
      const status = this.closing ? '503 Service Unavailable' : '404 Not Found';
      answerUpgrade(socket, status);
      if (!this.closing) {
        this.refuse('upgrade of another path', { path: cutText(path ?? ''), address });
      }
      return;
    }
    const limit = this.admission.findRefusal(address);
    if (limit !== undefined) {
      answerUpgrade(socket, refusalStatuses[limit], `Retry-After: ${retryAfterSeconds}\r\n`);
      gatewayMetrics.refusedConnections.inc({ limit });
      this.refuse('too many sockets', { limit, address });
      return;
    }
    let isAccepted = false;
    this.webSockets.handleUpgrade(request, socket, head, (webSocket) => {
      isAccepted = true;
      socket.off('error', ignoreError);
      this.accept(webSocket, socket, address);
    });
    // ws calls back synchronously, or has already responded with the error status.
    if (!isAccepted) {
      this.refuse('malformed upgrade', { address });
    }
  }

  private refuse(reason: string, context: Record<string, unknown>): void {
    sessionMetrics.requests.inc({ method: 'none', outcome: 'client_error' });
    this.refusals.note(reason, context);
  }

  private accept(webSocket: WebSocket, stream: Duplex, clientAddress: string | undefined): void {
    const connection = new ClientConnection(
      webSocket,
      stream,
      this.tick,
      this.unauthenticatedBudget,
      this.unauthenticatedQueue,
      clientAddress,
    );
    this.lastPingSlot = (this.lastPingSlot + 1) % pingSlotCount;
    const pingSlot = this.pingSlots[this.lastPingSlot]!;
    pingSlot.add(connection);
    this.connections.add(connection);
    const admitted = this.admission.admit(clientAddress);
    this.loginDeadlines.start(connection);
    connection.onAuthenticated = () => {
      admitted.authenticate();
      this.loginDeadlines.end(connection);
      this.reportCounts();
    };
    this.reportCounts();
    webSocket.on('message', (data: RawData, isBinary: boolean) => {
      this.router.handleFrame(connection, data as Buffer, isBinary);
    });
    // ws sends the client a close code, and would wait for its response.
    webSocket.on('error', (error: Error & { code?: string }) => {
      connection.cut();
      const { code = error.name } = error;
      if (code.startsWith('WS_ERR_')) {
        this.refuse(code, describeCaller(connection.caller));
      } else {
        this.logger.debug({ ...describeCaller(connection.caller), code }, 'socket error');
      }
    });
    webSocket.on('close', (code: number) => {
      pingSlot.delete(connection);
      admitted.leave();
      this.loginDeadlines.end(connection);
      this.handleClose(connection, code);
    });
  }

  private closeLate(connection: ClientConnection): void {
    gatewayMetrics.loginTimeouts.inc();
    this.refuse('login timed out', describeCaller(connection.caller));
    connection.close(clientCloseCodes.loginTimeout, 'login timed out');
  }

  private checkInputs(connections: Iterable<ClientConnection>): void {
    for (const connection of connections) {
      if (connection.checkInput()) {
        this.refuse('message timed out', describeCaller(connection.caller));
      }
    }
  }

  private reportCounts(): void {
    gatewayMetrics.connections.set(this.connections.size);
    gatewayMetrics.unauthenticated.set(this.admission.unauthenticated);
  }

  private handleClose(connection: ClientConnection, code: number): void {
    connection.handleClosed();
    this.connections.delete(connection);
    this.reportCounts();
    const hasLeft = code === clientLeaveCloseCode || code === goingAwayCloseCode;
    const departing = hasLeft
      ? this.lifecycle.leave(connection.caller)
      : this.lifecycle.suspend(connection.caller);
    const departure = departing
      .catch((error: unknown) => this.logger.error({ err: error }, 'suspending failed'))
      .finally(() => this.departures.delete(departure));
    this.departures.add(departure);
  }
}

/** Answers an upgrade request with an error, and closes its socket. */
function answerUpgrade(socket: Duplex, status: string, headers = ''): void {
  socket.end(`HTTP/1.1 ${status}\r\nConnection: close\r\nContent-Length: 0\r\n${headers}\r\n`);
}
