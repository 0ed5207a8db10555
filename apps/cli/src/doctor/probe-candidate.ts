import { createConnection } from 'node:net';
import { bindingRequestFor, type IceCredentials, isSuccess, stunTypes } from './stun.js';
import { StunWire } from './stun-wire.js';

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

/** Sends a connectivity check and awaits the answer. Never rejects. */
export async function probeCandidate(
  candidate: Candidate,
  credentials: IceCredentials,
  timeoutMs: number,
): Promise<ProbeResult> {
  return candidate.protocol === 'udp'
    ? { candidate, ...(await probeUdp(candidate, credentials, timeoutMs)) }
    : probeTcp(candidate, credentials, timeoutMs);
}

async function probeUdp(
  { ip: host, port }: Candidate,
  credentials: IceCredentials,
  timeoutMs: number,
): Promise<Omit<ProbeResult, 'candidate'>> {
  const signal = AbortSignal.timeout(timeoutMs);
  try {
    const startedAtMs = performance.now();
    const wire = await StunWire.open({ host, port, transport: 'udp' }, signal);
    const request = bindingRequestFor(credentials);
    const { type } = await wire.request(request, signal).finally(() => wire.close());
    return type === stunTypes.bindingSuccess
      ? { roundTripMs: performance.now() - startedAtMs }
      : { failure: 'refused' };
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    return { failure: code ?? message };
  }
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
