import { type ReactNode } from 'react';

/** A control below its label. */
export function Field({
  children,
  hint,
  label,
}: {
  children: ReactNode;
  hint?: string;
  label: string;
}): ReactNode {
  return (
    <div className="field-box">
      <label className="field">
        <span>{label}</span>
        {children}
      </label>
      {hint !== undefined && <small>{hint}</small>}
    </div>
  );
}

/** The text of a form's field; files are none. */
export function textOf(form: FormData, name: string): string {
  const value = form.get(name);
  return typeof value === 'string' ? value.trim() : '';
}
