import { type NestFastifyApplication } from '@nestjs/platform-fastify';
import { interopRpc } from '@polyroom/contracts';

export const sdpType = 'application/sdp';
/** Candidates and ICE credentials (RFC 8840). */
export const iceFragmentType = 'application/trickle-ice-sdpfrag';

/**
 * Registers the body types of WHIP and WHEP and announces them on OPTIONS; CORS answers the request itself.
 */
export function acceptSdp(app: NestFastifyApplication): void {
  const server = app.getHttpAdapter().getInstance();
  server.addContentTypeParser(
    [sdpType, iceFragmentType],
    { parseAs: 'string', bodyLimit: interopRpc.sdpMaxLength },
    (_request, body, done) => done(null, body),
  );
  server.addHook('onSend', (request, reply, _payload, done) => {
    if (request.method === 'OPTIONS' && /\/(whip|whep)\/?(\?|$)/.test(request.url)) {
      void reply.header('accept-post', sdpType);
    }
    done();
  });
}
