import { ZegoError } from '../zego-error.js';
import { showUrl } from './gateway-url.js';

const probeTimeoutMs = 2000;

/**
 * Says why no socket opens at an address, which WebSocket does not. In Node.js the SDK asks by HTTP what is there.
 * A page may not read the answer; there the browser's console shows the reason.
 */
export async function explainRefusal(refusal: ZegoError, socketUrl: string): Promise<ZegoError> {
  const problem =
    typeof refusal.details?.['problem'] === 'string'
      ? refusal.details['problem']
      : typeof document === 'undefined'
        ? await probe(socketUrl)
        : 'nothing listens there, it is another web server, or a proxy before it passes no WebSockets';
  const url = showUrl(socketUrl);
  return ZegoError.of(
    'ROOM_CONNECT_FAILED',
    { ...refusal.details, path: 'server', url, problem },
    `server: no Polyroom gateway at ${url}: ${problem}. Give the address of a gateway.`,
  );
}

async function probe(socketUrl: string): Promise<string> {
  try {
    const signal = AbortSignal.timeout(probeTimeoutMs);
    // `fetch` refuses an address with credentials.
    const response = await fetch(showUrl(socketUrl).replace(/^ws/, 'http'), { redirect: 'manual', signal });
    await response.body?.cancel();
    const type = response.headers.get('content-type')?.split(';', 1)[0];
    const answer = [`HTTP ${response.status}`, ...(type === undefined ? [] : [type])].join(', ');
    return `a web server answers (${answer}) and opens no WebSocket, or a proxy before it passes none`;
  } catch (error) {
    const { cause } = error as { cause?: { code?: unknown } };
    return `nothing answers${typeof cause?.code === 'string' ? ` (${cause.code})` : ''}`;
  }
}
