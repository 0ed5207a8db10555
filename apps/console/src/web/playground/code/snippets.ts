import { coreCode } from './core-code.js';
import { reactCode } from './react-code.js';
import { type Setup, type Step } from './step.js';
import { zegoCode } from './zego-code.js';
import { zegoWebCode } from './zego-web-code.js';

/** The code of a step in each of the libraries' faces. */
export const snippets = {
  core: coreCode,
  react: reactCode,
  zego: zegoCode,
  zegoWeb: zegoWebCode,
} satisfies Record<string, (step: Step, setup: Setup) => string>;

export type Face = keyof typeof snippets;

export const faces = Object.keys(snippets) as Face[];
