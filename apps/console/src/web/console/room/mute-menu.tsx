import { Button, Checkbox, Modal, Stack, Text } from '@mantine/core';
import { type ReactNode, useState } from 'react';
import { useAct, useRead } from '../api/use-api.js';
import { texts } from '../texts.js';
import { Loaded } from '../ui/states.js';

const t = texts.moderation;
const kinds = ['audio', 'video'] as const;
type Kind = (typeof kinds)[number];

/** Mutes of a member or of a stream in a room. `path` is that of its mutes. */
export function MuteMenu({ path, name }: { path: string; name: string }): ReactNode {
  const [isOpen, setIsOpen] = useState(false);
  return (
    <>
      <Button
        size="xs"
        variant="default"
        aria-haspopup="dialog"
        aria-label={t.muteNamed(name)}
        onClick={() => setIsOpen(true)}
      >
        {t.mute}
      </Button>
      <Modal
        opened={isOpen}
        onClose={() => setIsOpen(false)}
        title={t.muteNamed(name)}
        closeButtonProps={{ 'aria-label': texts.actions.close }}
      >
        <Mutes path={path} />
      </Modal>
    </>
  );
}

/** Mounted, and read, when the dialog opens. */
function Mutes({ path }: { path: string }): ReactNode {
  const mutes = useRead<{ kinds: Kind[] }>(path, { live: true });
  const set = useAct<{ kind: Kind; muted: boolean }>(
    (api, { kind, muted }) =>
      muted ? api.send('PUT', `${path}/${kind}`, {}) : api.send('DELETE', `${path}/${kind}`),
    { refresh: [path.replace(/\/(members|streams)\/.*/, '')] },
  );
  return (
    <Loaded query={mutes}>
      {(muted) => (
        <Stack gap="md">
          <Text size="sm" c="dimmed">
            {t.muteText}
          </Text>
          {kinds.map((kind) => (
            <Checkbox
              key={kind}
              label={t.mutedKinds[kind]}
              checked={muted.kinds.includes(kind)}
              disabled={set.isPending}
              onChange={(event) => set.mutate({ kind, muted: event.currentTarget.checked })}
            />
          ))}
        </Stack>
      )}
    </Loaded>
  );
}
