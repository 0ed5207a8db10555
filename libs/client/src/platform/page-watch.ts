import { type PageEvents } from './platform.js';

export interface PageWatchOptions {
  page: PageEvents | undefined;
  /** The tab is closed, navigates to another page, or is frozen. */
  onHidden(): void;
  /** The browser restored the page from its back/forward cache, or unfroze it. */
  onRestored(): void;
}

/**
 * Reports when the page stops running and when it runs again. Browsers freeze background tabs to save energy;
 * those events do not bubble from the document, so the listeners capture.
 */
export class PageWatch {
  constructor(private readonly options: PageWatchOptions) {
    const { page } = options;
    page?.addEventListener('pagehide', this.handleHide);
    page?.addEventListener('pageshow', this.handleShow);
    page?.addEventListener('freeze', this.handleHide, true);
    page?.addEventListener('resume', this.handleResume, true);
  }

  /** Idempotent. */
  close(): void {
    const { page } = this.options;
    page?.removeEventListener('pagehide', this.handleHide);
    page?.removeEventListener('pageshow', this.handleShow);
    page?.removeEventListener('freeze', this.handleHide, true);
    page?.removeEventListener('resume', this.handleResume, true);
  }

  private readonly handleHide = (): void => this.options.onHidden();

  private readonly handleShow = (event: Event): void => {
    // Without `persisted`, `pageshow` belongs to the load of the page.
    if ((event as PageTransitionEvent).persisted) {
      this.options.onRestored();
    }
  };

  private readonly handleResume = (): void => this.options.onRestored();
}
