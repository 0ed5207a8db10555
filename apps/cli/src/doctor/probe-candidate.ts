import { createSocket } from 'node:dgram';
import { createConnection, isIPv6 } from 'node:net';
import { bindingRequestFor, type IceCredentials, isSuccess } from './stun.js';

/** An address of the media node, as it announces it. */
export interface Candidate {
  ip: string;
  port: number;
  protocol: 'udp' | 'tcp';
}

export interface ProbeResult {
  candidate: Candidate;
  /** Round trip in ms, if it has answered. */
  roundTripMs?: number;
  /** Why there was no answer. */
  failure?: string;
}

/** Packets may be lost: the check is repeated. */
const resendMs = 250;

/** Sends a connectivity check and awaits the answer. Never rejects. */
export function probeCandidate(
  candidate: Candidate,
  credentials: IceCredentials,
  timeoutMs: number,
): Promise<ProbeResult> {
  return candidate.protocol === 'udp'
    ? probeUdp(candidate, credentials, timeoutMs)
    : probeTcp(candidate, credentials, timeoutMs);
}

function probeUdp(
  candidate: Candidate,
  credentials: IceCredentials,
  timeoutMs: number,
): Promise<ProbeResult> {
  return new Promise((resolve) => {
    const request = bindingRequestFor(credentials);
    const socket = createSocket(isIPv6(candidate.ip) ? 'udp6' : 'udp4');
    const startedAtMs = performance.now();
    const finish = (result: Omit<ProbeResult, 'candidate'>): void => {
      clearInterval(resend);
      clearTimeout(timer);
      socket.removeAllListeners().on('error', () => undefined);
      socket.close();
      resolve({ candidate, ...result });
    };
    const fail = (error: NodeJS.ErrnoException): void => finish({ failure: error.code ?? error.message });
    const send = (): void => socket.send(request.bytes);
    const timer = setTimeout(() => finish({ failure: 'no answer' }), timeoutMs);
    let resend: NodeJS.Timeout | undefined;
    socket.on('error', fail);
    socket.on('message', (bytes) => {
      if (isSuccess(bytes, request)) {
        finish({ roundTripMs: performance.now() - startedAtMs });
      }
    });
    // A connected socket learns that a port is closed.
    socket.connect(candidate.port, candidate.ip, () => {
      send();
      resend = setInterval(send, resendMs);
    });
  });
}

function probeTcp(
  candidate: Candidate,
  credentials: IceCredentials,
  timeoutMs: number,
): Promise<ProbeResult> {
  return new Promise((resolve) => {
    const request = bindingRequestFor(credentials);
    const socket = createConnection({ host: candidate.ip, port: candidate.port });
    let received = Buffer.alloc(0);
    let startedAtMs = performance.now();
    const finish = (result: Omit<ProbeResult, 'candidate'>): void => {
      clearTimeout(timer);
      socket.destroy();
      resolve({ candidate, ...result });
    };
    const timer = setTimeout(() => finish({ failure: 'no answer' }), timeoutMs);
    socket.on('error', (error: NodeJS.ErrnoException) => finish({ failure: error.code ?? error.message }));
    socket.on('close', () => finish({ failure: 'closed' }));
    socket.on('connect', () => {
      startedAtMs = performance.now();
      // RFC 4571: each packet after its length.
      const length = Buffer.alloc(2);
      length.writeUInt16BE(request.bytes.length);
      socket.write(Buffer.concat([length, request.bytes]));
    });
    socket.on('data', (chunk) => {
      received = Buffer.concat([received, chunk]);
      const isComplete = received.length >= 2 && received.length >= 2 + received.readUInt16BE(0);
      if (isComplete && isSuccess(received.subarray(2), request)) {
        finish({ roundTripMs: performance.now() - startedAtMs });
      }
    });
  });
}
