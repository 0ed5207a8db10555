export { enableRestCors } from './enable-rest-cors.js';
export { restDescription } from './rest-description.js';
export { RestModule } from './rest.module.js';
