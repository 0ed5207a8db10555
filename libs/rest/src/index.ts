export { restDescription } from './rest-description.js';
export { RestModule, type RestOptions } from './rest.module.js';
