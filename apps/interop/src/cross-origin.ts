import { type NestFastifyApplication } from '@nestjs/platform-fastify';

/** Pages of any origin may publish and play: requests are authorised by bearer token, not by cookies. */
export function allowCrossOrigin(app: NestFastifyApplication): void {
  app.enableCors({
    origin: '*',
    methods: ['DELETE', 'PATCH', 'POST'],
    allowedHeaders: ['authorization', 'content-type', 'if-match'],
    exposedHeaders: ['accept-patch', 'accept-post', 'etag', 'link', 'location', 'retry-after'],
    // An OPTIONS request without preflight headers asks what the endpoint accepts (RFC 9725, 4.1).
    strictPreflight: false,
  });
}
