export { ApiErrors, ApiOptionalHeader, ApiRoute, type RouteContract } from './api-route.decorator.js';
export { describeRest, type RestDescription, serveOpenApi } from './describe-rest.js';
export { serveReference } from './reference-page.js';
export { printOpenApi } from './print-open-api.js';
