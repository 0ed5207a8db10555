import { Alert, Button, EmptyState, Skeleton, Stack } from '@mantine/core';
import { type UseQueryResult } from '@tanstack/react-query';
import { type ReactNode } from 'react';
import { ApiError, codes } from '../api/api.js';
import { describeError } from '../api/use-api.js';
import { texts } from '../texts.js';
import { EmptyIcon, LockIcon, WarningIcon } from './icons.js';

export function Loading({ rows = 3 }: { rows?: number }): ReactNode {
  return (
    <Stack gap="sm" role="status" aria-label={texts.states.loading}>
      {Array.from({ length: rows }, (_, row) => (
        <Skeleton key={row} h={row === 0 ? 28 : 18} w={`${95 - row * 12}%`} />
      ))}
    </Stack>
  );
}

export function Empty({
  title,
  children,
  action,
}: {
  title: string;
  children?: ReactNode;
  action?: ReactNode;
}): ReactNode {
  return (
    <EmptyState
      icon={<EmptyIcon size={28} />}
      title={title}
      description={children}
      py="xl"
      maw={520}
      mx="auto"
    >
      {action !== undefined && <EmptyState.Actions>{action}</EmptyState.Actions>}
    </EmptyState>
  );
}

/** For a page that no role of the operator shows. */
export function Denied({ permission }: { permission?: string }): ReactNode {
  return (
    <EmptyState
      icon={<LockIcon size={28} />}
      title={texts.states.deniedTitle}
      description={permission === undefined ? texts.states.denied : texts.states.deniedFor(permission)}
      py="xl"
      maw={520}
      mx="auto"
    />
  );
}

export function Failed({ error, retry }: { error: unknown; retry?: () => void }): ReactNode {
  if (error instanceof ApiError && error.code === codes.roleMissing) {
    return <Denied />;
  }
  return (
    <Alert color="red" icon={<WarningIcon />} title={texts.states.failed} role="alert">
      <Stack gap="xs" align="flex-start">
        {describeError(error)}
        {retry !== undefined && (
          <Button size="xs" variant="default" onClick={retry}>
            {texts.states.retry}
          </Button>
        )}
      </Stack>
    </Alert>
  );
}

/**
 * What a query has: its rows as skeletons, its failure, or its data. Data that cannot be read again stays, with the
 * failure above it.
 */
export function Loaded<T>({
  query,
  rows,
  children,
}: {
  query: UseQueryResult<T>;
  rows?: number;
  children: (data: T) => ReactNode;
}): ReactNode {
  const { data, error, refetch } = query;
  const failed = error !== null && <Failed error={error} retry={() => void refetch()} />;
  if (data === undefined) {
    return failed === false ? <Loading {...(rows === undefined ? {} : { rows })} /> : failed;
  }
  return (
    <>
      {failed}
      {children(data)}
    </>
  );
}
