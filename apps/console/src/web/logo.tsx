import './logo.css';
import { type ReactNode } from 'react';

export function Logo(): ReactNode {
  return (
    <svg className="logo" viewBox="0 0 32 32" aria-hidden="true">
      <circle cx="11" cy="13" r="8" />
      <circle cx="21" cy="13" r="8" />
      <circle cx="16" cy="21" r="8" />
    </svg>
  );
}
