import { authRpc } from '@polyroom/contracts';
import { type RestDescription } from '@polyroom/nest-service/open-api';

/** The OpenAPI document's general part. */
export const restDescription: RestDescription = {
  title: 'Polyroom REST API',
  description: 'For operators and application servers, served by every gateway.',
  bearers: {
    operator: {
      description:
        'An admin token, the session of an operator or an API key, with the permission of the route.',
      errors: [...authRpc.authorize.errors, 'ADMIN_TOO_MANY_FAILURES'],
    },
  },
};
