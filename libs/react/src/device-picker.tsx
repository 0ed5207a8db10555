import { type ComponentProps, type ReactNode } from 'react';
import { useDevices } from './use-devices.js';

export interface DevicePickerProps extends Omit<ComponentProps<'select'>, 'value' | 'onChange' | 'children'> {
  kind: MediaDeviceKind;
  /** A device ID; empty or omitted: the browser's choice. */
  value?: string | undefined;
  onChange(deviceId: string | undefined): void;
  /** Text of the browser's choice; `Default` if it is omitted. */
  defaultLabel?: string;
}

const names = { audioinput: 'Microphone', audiooutput: 'Speaker', videoinput: 'Camera' };

/** A select of the devices of a kind, as they come and go. */
export function DevicePicker({
  defaultLabel = 'Default',
  kind,
  onChange,
  value = '',
  ...select
}: DevicePickerProps): ReactNode {
  const devices = useDevices(kind);
  // A device that was unplugged is not in the list.
  const chosen = devices.some(({ deviceId }) => deviceId === value) ? value : '';
  return (
    <select {...select} value={chosen} onChange={({ target }) => onChange(target.value || undefined)}>
      <option value="">{defaultLabel}</option>
      {devices.map(({ deviceId, label }, index) => (
        <option key={deviceId} value={deviceId}>
          {label || `${names[kind]} ${index + 1}`}
        </option>
      ))}
    </select>
  );
}
