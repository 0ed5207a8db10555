import { Alert, Button, type ButtonProps, Group, Modal, Stack } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import { type SubmitEvent, type ReactNode, useState } from 'react';
import { describeError } from '../api/use-api.js';
import { texts } from '../texts.js';

/** The fields of a form by their names; those without input are omitted. */
export type Fields = Record<string, string | undefined>;

function readFields(form: HTMLFormElement): Fields {
  const entries = [...new FormData(form)].filter(([, value]) => typeof value === 'string' && value !== '');
  return Object.fromEntries(entries) as Fields;
}

interface FormProps {
  /** Its name for screen readers. */
  label: string;
  submit: string;
  danger?: boolean;
  secondary?: boolean;
  /** A failure is shown in the form. */
  onSubmit: (fields: Fields, form: HTMLFormElement) => Promise<unknown>;
  onCancel?: () => void;
  children?: ReactNode;
}

/** A form of uncontrolled inputs. It shows that it works, and its error, which is read out. */
export function Form({
  label,
  submit,
  danger = false,
  secondary = false,
  onSubmit,
  onCancel,
  children,
}: FormProps): ReactNode {
  const work = useMutation({
    mutationFn: (form: HTMLFormElement) => onSubmit(readFields(form), form),
  });
  const start = (event: SubmitEvent<HTMLFormElement>) => {
    event.preventDefault();
    if (!work.isPending) {
      work.mutate(event.currentTarget);
    }
  };
  return (
    <form aria-label={label} onSubmit={start}>
      <Stack gap="md">
        {children}
        {work.error !== null && (
          <Alert color="red" role="alert" p="sm">
            {describeError(work.error)}
          </Alert>
        )}
        <Group gap="xs" justify={onCancel === undefined ? 'flex-start' : 'flex-end'}>
          {onCancel !== undefined && (
            <Button variant="default" onClick={onCancel}>
              {texts.actions.cancel}
            </Button>
          )}
          <Button
            type="submit"
            loading={work.isPending}
            variant={secondary ? 'default' : 'filled'}
            {...(danger ? { color: 'red' } : {})}
          >
            {submit}
          </Button>
        </Group>
      </Stack>
    </form>
  );
}

interface DialogProps {
  title: string;
  submit: string;
  danger?: boolean;
  /** May answer with something to show once. */
  onSubmit: (fields: Fields) => Promise<ReactNode | void>;
  children?: ReactNode;
}

/** A form that is asked for before something happens. */
export function FormDialog({
  isOpen,
  onClose,
  title,
  submit,
  danger = false,
  onSubmit,
  children,
}: DialogProps & { isOpen: boolean; onClose: () => void }): ReactNode {
  const [result, setResult] = useState<ReactNode>();
  const close = () => {
    setResult(undefined);
    onClose();
  };
  const run = async (fields: Fields) => {
    const shown = await onSubmit(fields);
    if (shown === undefined || shown === null) {
      close();
    } else {
      setResult(shown);
    }
  };
  return (
    <Modal
      opened={isOpen}
      onClose={close}
      title={title}
      // A secret is shown once: a click beside it must not lose it.
      closeOnClickOutside={result === undefined}
      closeButtonProps={{ 'aria-label': texts.actions.close }}
    >
      {result === undefined ? (
        <Form label={title} submit={submit} danger={danger} onSubmit={run} onCancel={close}>
          {children}
        </Form>
      ) : (
        <Stack gap="md">
          {result}
          <Group justify="flex-end">
            <Button onClick={close} data-autofocus>
              {texts.actions.done}
            </Button>
          </Group>
        </Stack>
      )}
    </Modal>
  );
}

/** A button that opens a dialog. */
export function DialogButton({
  label,
  buttonProps,
  buttonLabel,
  submit = label,
  ...dialog
}: Omit<DialogProps, 'submit'> & {
  label: string;
  submit?: string;
  buttonProps?: ButtonProps;
  /** For screen readers, where `label` alone is not clear. */
  buttonLabel?: string;
}): ReactNode {
  const [isOpen, setIsOpen] = useState(false);
  return (
    <>
      <Button
        variant="default"
        aria-haspopup="dialog"
        aria-label={buttonLabel}
        onClick={() => setIsOpen(true)}
        {...buttonProps}
      >
        {label}
      </Button>
      <FormDialog {...dialog} submit={submit} isOpen={isOpen} onClose={() => setIsOpen(false)} />
    </>
  );
}
