import '@mantine/core/styles.css';
import '@mantine/notifications/styles.css';
import './console.css';
import { createElement, StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { setNonce } from 'get-nonce';
import { getById } from '../dom.js';
import { loadPageConfig } from '../page-config.js';
import { Console } from './console.js';
import { texts } from './texts.js';

// The page's content security policy accepts style elements with this nonce only.
const nonce = document.querySelector<HTMLMetaElement>('meta[property="csp-nonce"]')?.nonce ?? '';
setNonce(nonce);

const root = getById('root');
try {
  const config = await loadPageConfig();
  createRoot(root).render(createElement(StrictMode, null, createElement(Console, { config, nonce })));
} catch (error) {
  root.textContent = `${texts.states.failed}: ${error instanceof Error ? error.message : String(error)}`;
}
