import { type PageEvents } from './platform.js';

export interface PageWatchOptions {
  page: PageEvents | undefined;
  /** The tab is closed or navigates to another page. */
  onHidden(): void;
  /** The browser restored the page from its back/forward cache. */
  onRestored(): void;
}

/** Reports when the page is hidden for good and when it is restored. */
export class PageWatch {
  constructor(private readonly options: PageWatchOptions) {
    options.page?.addEventListener('pagehide', this.handleHide);
    options.page?.addEventListener('pageshow', this.handleShow);
  }

  /** Idempotent. */
  close(): void {
    this.options.page?.removeEventListener('pagehide', this.handleHide);
    this.options.page?.removeEventListener('pageshow', this.handleShow);
  }

  private readonly handleHide = (): void => this.options.onHidden();

  private readonly handleShow = (event: Event): void => {
    // Without `persisted`, `pageshow` belongs to the load of the page.
    if ((event as PageTransitionEvent).persisted) {
      this.options.onRestored();
    }
  };
}
