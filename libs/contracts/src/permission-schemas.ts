import { z } from 'zod';
import { permissions } from './permissions.js';

export const permissionSchema = z.enum(permissions);

/** A signed statement: a compact JWS. */
export const statementSchema = z.string().max(2048);
