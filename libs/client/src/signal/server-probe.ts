import { PolyroomError } from '../polyroom-error.js';
import { showUrl } from './gateway-url.js';

const probeTimeoutMs = 2000;

/**
 * Explains why no socket opens at an address, which WebSocket does not report. In Node.js the SDK probes the
 * address over HTTP. A page may not read the response; there the browser's console shows the reason.
 */
export async function explainRefusal(
  refusal: PolyroomError,
  socketUrl: string,
  fetchResponse: typeof fetch | undefined,
): Promise<PolyroomError> {
  const problem =
    typeof refusal.details?.['problem'] === 'string'
      ? refusal.details['problem']
      : fetchResponse !== undefined
        ? await probe(socketUrl, fetchResponse)
        : 'nothing listens there, it is another web server, or its proxy blocks WebSockets';
  const url = showUrl(socketUrl);
  return PolyroomError.of(
    'ROOM_CONNECT_FAILED',
    { ...refusal.details, path: 'server', url, problem },
    `server: no Polyroom gateway at ${url}: ${problem}. Give the address of a gateway.`,
  );
}

async function probe(socketUrl: string, fetchResponse: typeof fetch): Promise<string> {
  try {
    const signal = AbortSignal.timeout(probeTimeoutMs);
    // `fetch` rejects URLs with credentials.
    const response = await fetchResponse(showUrl(socketUrl).replace(/^ws/, 'http'), {
      redirect: 'manual',
      signal,
    });
    await response.body?.cancel();
    const type = response.headers.get('content-type')?.split(';', 1)[0];
    const answer = [`HTTP ${response.status}`, ...(type === undefined ? [] : [type])].join(', ');
    return `a web server responds (${answer}) but opens no WebSocket, or its proxy blocks them`;
  } catch (error) {
    const { cause } = error as { cause?: { code?: unknown } };
    return `no response${typeof cause?.code === 'string' ? ` (${cause.code})` : ''}`;
  }
}
