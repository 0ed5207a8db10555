import { type ReactNode } from 'react';
import { texts } from './texts.js';

/** The top of the page; the session adds its connections and actions. */
export function Header({ children }: { children?: ReactNode }): ReactNode {
  return (
    <header className="top">
      <svg className="logo" viewBox="0 0 32 32" aria-hidden="true">
        <circle cx="11" cy="13" r="8" />
        <circle cx="21" cy="13" r="8" />
        <circle cx="16" cy="21" r="8" />
      </svg>
      <h1>
        {texts.title} <span>{texts.subtitle}</span>
      </h1>
      {children}
    </header>
  );
}
