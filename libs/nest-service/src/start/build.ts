import { readFileSync } from 'node:fs';

const file = new URL('../../package.json', import.meta.url);

/** The version of the running code, and the commit of its image; empty in a checkout (deploy/docker/bundle.mjs). */
export const build = {
  gitHead: '',
  ...(JSON.parse(readFileSync(file, 'utf8')) as { version: string; gitHead?: string }),
};
