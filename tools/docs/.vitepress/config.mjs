// VitePress looks for its configuration here.
export { default } from '../dist/site-config.js';
