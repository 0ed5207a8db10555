import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { getById } from '../dom.js';
import { loadPageConfig } from '../page-config.js';
import { PlaygroundPage } from './playground-page.js';
import { texts } from './texts.js';

const root = getById('root');
// Another link in the same tab.
addEventListener('hashchange', () => location.reload());
try {
  const config = await loadPageConfig();
  createRoot(root).render(
    <StrictMode>
      <PlaygroundPage config={config} />
    </StrictMode>,
  );
} catch (error) {
  root.textContent = texts.failedToStart(error instanceof Error ? error.message : String(error));
}
