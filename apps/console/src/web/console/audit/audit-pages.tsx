import { useParams } from '@tanstack/react-router';
import { type ReactNode } from 'react';
import { useAccess } from '../access.js';
import { pathOfApp } from '../app/use-app.js';
import { texts } from '../texts.js';
import { Page } from '../ui/page.js';
import { Denied } from '../ui/states.js';
import { Audit } from './audit.js';

const t = texts.audit;

/** The audit of the cluster: of all AppIDs, of operators, and failed sign-ins. */
export function AuditPage(): ReactNode {
  const { can } = useAccess();
  return (
    <Page title={t.titleOfAll} lead={t.leadOfAll}>
      {can('audit:readAll') ? <Audit path="/audit" withAppId /> : <Denied permission="audit:readAll" />}
    </Page>
  );
}

export function AppAuditPage(): ReactNode {
  const { appId } = useParams({ from: '/shell/apps/$appId' });
  const { can } = useAccess();
  return (
    <Page title={t.title} lead={t.leadOfApp}>
      {can('audit:read', appId) ? (
        <Audit path={`${pathOfApp(appId)}/audit`} />
      ) : (
        <Denied permission="audit:read" />
      )}
    </Page>
  );
}
