import { NativeSelect, TextInput } from '@mantine/core';
import { type ReactNode } from 'react';
import { type WebhookView } from '../api/views.js';
import { texts } from '../texts.js';
import { type Fields } from '../ui/form.js';

const t = texts.webhooks;

const readList = (text: string | undefined): string[] =>
  (text ?? '')
    .split(',')
    .map((each) => each.trim())
    .filter((each) => each !== '');

/** The fields as the API takes them. */
export const readEndpoint = ({ url, format, types, roomIds, description }: Fields): object => ({
  url,
  format,
  types: types === undefined ? ['*'] : readList(types),
  roomIds: readList(roomIds),
  description: description ?? '',
});

export function WebhookFields({ webhook }: { webhook?: WebhookView }): ReactNode {
  return (
    <>
      <TextInput
        name="url"
        type="url"
        label={t.url}
        description={t.urlHint}
        defaultValue={webhook?.url ?? ''}
        required
        withAsterisk={false}
        data-autofocus
      />
      <TextInput
        name="types"
        label={t.types}
        description={t.typesHint}
        defaultValue={webhook?.types.join(', ') ?? '*'}
      />
      <TextInput
        name="roomIds"
        label={t.rooms}
        description={t.roomsHint}
        defaultValue={webhook?.roomIds.join(', ') ?? ''}
      />
      <NativeSelect
        name="format"
        label={t.format}
        defaultValue={webhook?.format ?? 'standard'}
        // Another format needs its secret, which this form does not have.
        disabled={webhook !== undefined}
        data={(['standard', 'zego'] as const).map((value) => ({ value, label: t.formats[value] }))}
      />
      <TextInput
        name="description"
        label={t.description}
        defaultValue={webhook?.description ?? ''}
        maxLength={200}
      />
    </>
  );
}
