import { createContext, useContext } from 'react';
import { type PageConfig } from '../page-config.js';
import { type Step } from './code/step.js';
import { type PageAction, type PageState } from './state/page-state.js';

/** What all parts of the page use. */
export interface Playground {
  config: PageConfig;
  state: PageState;
  dispatch(action: PageAction): void;
  /** Shows the code for what the user has done. */
  showCode(step: Step): void;
  /** Shows a failure. `what`: what the user wanted. */
  notify(what: string, failure: unknown): void;
}

export const PlaygroundContext = createContext<Playground | undefined>(undefined);

export function usePlayground(): Playground {
  const playground = useContext(PlaygroundContext);
  if (playground === undefined) {
    throw new Error('there is no PlaygroundContext above');
  }
  return playground;
}
