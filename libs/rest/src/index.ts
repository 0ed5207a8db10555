export { restDescription } from './rest-description.js';
export { RestModule } from './rest.module.js';
