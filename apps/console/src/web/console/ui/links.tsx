import {
  Anchor,
  type AnchorProps,
  Button,
  type ButtonProps,
  NavLink,
  type NavLinkProps,
} from '@mantine/core';
import { createLink } from '@tanstack/react-router';
import { type ComponentProps } from 'react';

type LinkElement<Props> = Props & Omit<ComponentProps<'a'>, keyof Props>;

/** Links to pages, whose paths and parameters the compiler checks. */
export const PageLink = createLink((props: LinkElement<AnchorProps>) => <Anchor {...props} />);
export const PageButton = createLink((props: LinkElement<ButtonProps>) => (
  <Button component="a" {...props} />
));
export const PageNavLink = createLink(
  (props: LinkElement<NavLinkProps> & { 'data-status'?: string | undefined }) => (
    <NavLink {...props} active={props['data-status'] === 'active'} />
  ),
);
