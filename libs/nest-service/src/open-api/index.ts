export { ApiErrors, ApiRoute, type RouteContract } from './api-route.decorator.js';
export { describeRest, type RestDescription, serveOpenApi } from './describe-rest.js';
export { printOpenApi } from './print-open-api.js';
