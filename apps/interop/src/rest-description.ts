import { authRpc } from '@polyroom/contracts';
import { type RestDescription } from '@polyroom/nest-service/open-api';

/** The OpenAPI document's general part. */
export const restDescription: RestDescription = {
  title: 'Polyroom WHIP and WHEP',
  description: 'For encoders and players, served by every interop process.',
  tags: { Interop: 'Streams of encoders and players, over WHIP and WHEP.' },
  bearers: {
    client: { description: 'A client token: token04 or native.', errors: authRpc.authenticate.errors },
  },
};
