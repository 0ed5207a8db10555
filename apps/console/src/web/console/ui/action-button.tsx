import { Button, type ButtonProps } from '@mantine/core';
import { type ReactNode } from 'react';
import { useAct } from '../api/use-api.js';
import { type Api } from '../api/api.js';

/** A button that acts at once. For what cannot be undone, use a DialogButton. */
export function ActionButton({
  label,
  buttonLabel,
  act,
  refresh,
  done,
  ...buttonProps
}: ButtonProps & {
  label: string;
  /** For screen readers, where `label` alone is not clear. */
  buttonLabel?: string;
  act: (api: Api) => Promise<unknown>;
  refresh: string[];
  done?: string;
}): ReactNode {
  const action = useAct<void>(act, { refresh, ...(done === undefined ? {} : { done }) });
  return (
    <Button
      variant="default"
      size="xs"
      {...buttonProps}
      aria-label={buttonLabel}
      loading={action.isPending}
      onClick={() => action.mutate()}
    >
      {label}
    </Button>
  );
}
