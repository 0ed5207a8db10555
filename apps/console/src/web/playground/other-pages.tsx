import { type ReactNode } from 'react';
import { texts } from './texts.js';

const links = [
  ['./samples/co-hosting/', texts.pages.coHosting],
  ['./samples/small-class/', texts.pages.smallClass],
  ['./admin.html', texts.pages.console],
] as const;

/** Links to the samples and the console. */
export function OtherPages(): ReactNode {
  return (
    <nav className="links" aria-label={texts.pages.title}>
      {links.map(([href, text]) => (
        <a key={href} href={href}>
          {text}
        </a>
      ))}
    </nav>
  );
}
