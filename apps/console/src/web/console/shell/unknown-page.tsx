import { type ReactNode } from 'react';
import { texts } from '../texts.js';
import { PageButton } from '../ui/links.js';
import { Page } from '../ui/page.js';
import { Empty } from '../ui/states.js';

export function UnknownPage(): ReactNode {
  return (
    <Page title={texts.unknownPage.title}>
      <Empty
        title={texts.unknownPage.text}
        action={
          <PageButton to="/apps" variant="default">
            {texts.unknownPage.back}
          </PageButton>
        }
      />
    </Page>
  );
}
