import { Badge, createTheme, type CSSVariablesResolver, Notification } from '@mantine/core';
import { texts } from './texts.js';

export const theme = createTheme({
  primaryColor: 'indigo',
  primaryShade: 7,
  autoContrast: true,
  defaultRadius: 'md',
  respectReducedMotion: true,
  fontFamily: "system-ui, -apple-system, 'Segoe UI', Roboto, sans-serif",
  fontFamilyMonospace: 'ui-monospace, SFMono-Regular, Menlo, Consolas, monospace',
  headings: { fontWeight: '600' },
  components: {
    Badge: Badge.extend({ defaultProps: { tt: 'none', fz: 'xs', fw: 600 } }),
    Notification: Notification.extend({
      defaultProps: { closeButtonProps: { 'aria-label': texts.actions.close } },
    }),
  },
});

/** The library's greys and reds are too faint for small text: WCAG AA wants a contrast of 4.5. */
export const cssVariables: CSSVariablesResolver = () => ({
  variables: {},
  light: {
    '--mantine-color-body': '#f6f7f9',
    '--mantine-color-dimmed': 'var(--mantine-color-gray-7)',
    '--mantine-color-placeholder': 'var(--mantine-color-gray-7)',
    '--mantine-color-error': 'var(--mantine-color-red-9)',
    '--mantine-color-teal-light-color': '#075e45',
    '--mantine-color-yellow-light-color': '#7a4900',
    '--mantine-color-red-light-color': '#a51111',
    '--console-panel': 'var(--mantine-color-white)',
    '--console-line': 'var(--mantine-color-gray-3)',
  },
  dark: {
    '--mantine-color-dimmed': 'var(--mantine-color-dark-1)',
    '--mantine-color-placeholder': 'var(--mantine-color-dark-1)',
    '--mantine-color-error': 'var(--mantine-color-red-4)',
    '--console-panel': 'var(--mantine-color-dark-6)',
    '--console-line': 'var(--mantine-color-dark-4)',
  },
});
