import { type ReactNode } from 'react';
import { Logo } from '../logo.js';
import { texts } from './texts.js';

/** The top of the page; the session adds its connections and actions. */
export function Header({ children }: { children?: ReactNode }): ReactNode {
  return (
    <header className="top">
      <Logo />
      <h1>
        {texts.title} <span>{texts.subtitle}</span>
      </h1>
      {children}
    </header>
  );
}
