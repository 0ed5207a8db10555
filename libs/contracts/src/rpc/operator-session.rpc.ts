import { z } from 'zod';
import { defineRpc } from '../define.js';
import { requestIdSchema } from './audit.rpc.js';
import {
  operatorEmailSchema,
  operatorSchema,
  operatorSessionSchema,
  sessionIdSchema,
} from './operators.rpc.js';
import { printableTextSchema } from '../printable-text.js';

/** Longer ones are refused before they are hashed. */
export const passwordBounds = { minChars: 12, maxChars: 128 } as const;

const passwordSchema = z.string().min(1).max(passwordBounds.maxChars);
const emptySchema = z.strictObject({});
const passwordBody = z.strictObject({ password: passwordSchema });
/** Objects of WebAuthn, which the library of the responder checks. */
const webAuthnSchema = z.record(z.string(), z.unknown());

const passkeySchema = z.strictObject({
  passkeyId: z.string(),
  name: z.string().nullable(),
  createdAtMs: z.number().int().nullable(),
});

/** `totp`: the password was right, and a code is needed. */
const signedInSchema = z.strictObject({ next: z.enum(['done', 'totp']) });
const recoveryCodesSchema = z.array(z.string());

/** The steps of a sign-in, and what an operator does with its own account: the body and the reply of each. */
export const sessionSteps = {
  /** How operators can sign in here. */
  listMethods: {
    body: emptySchema,
    reply: z.strictObject({
      password: z.boolean(),
      passkey: z.boolean(),
      /** The name of the OIDC provider, if there is one. */
      oidc: z.string().nullable(),
    }),
  },
  signIn: {
    body: z.strictObject({ email: operatorEmailSchema, password: passwordSchema }),
    reply: signedInSchema,
  },
  signOut: { body: emptySchema, reply: emptySchema },
  getSession: {
    body: emptySchema,
    reply: z.strictObject({
      operator: operatorSchema,
      session: operatorSessionSchema,
    }),
  },
  changePassword: {
    body: z.strictObject({ currentPassword: passwordSchema, newPassword: passwordSchema }),
    reply: emptySchema,
  },
  listSessions: {
    body: emptySchema,
    reply: z.strictObject({ sessions: z.array(operatorSessionSchema.extend({ current: z.boolean() })) }),
  },
  endSession: { body: z.strictObject({ sessionId: sessionIdSchema }), reply: emptySchema },
  /** A code of TOTP: completes a sign-in, or an enrolment. */
  verifyTotp: { body: z.strictObject({ code: z.string().regex(/^\d{6}$/) }), reply: signedInSchema },
  verifyRecoveryCode: { body: z.strictObject({ code: z.string().min(1).max(32) }), reply: signedInSchema },
  /** Begins an enrolment: the secret is in force after `verifyTotp`. */
  enrolTotp: {
    body: passwordBody,
    reply: z.strictObject({ totpUri: z.string(), recoveryCodes: recoveryCodesSchema }),
  },
  removeTotp: { body: passwordBody, reply: emptySchema },
  renewRecoveryCodes: { body: passwordBody, reply: z.strictObject({ recoveryCodes: recoveryCodesSchema }) },
  beginPasskeySignIn: { body: emptySchema, reply: z.strictObject({ options: webAuthnSchema }) },
  passkeySignIn: { body: z.strictObject({ response: webAuthnSchema }), reply: signedInSchema },
  beginPasskeyEnrolment: { body: emptySchema, reply: z.strictObject({ options: webAuthnSchema }) },
  enrolPasskey: {
    body: z.strictObject({ response: webAuthnSchema, name: printableTextSchema(100).min(1) }),
    reply: emptySchema,
  },
  listPasskeys: { body: emptySchema, reply: z.strictObject({ passkeys: z.array(passkeySchema) }) },
  removePasskey: {
    body: z.strictObject({ passkeyId: z.string().regex(/^[0-9A-Za-z_-]{1,64}$/) }),
    reply: emptySchema,
  },
  /** Begins a sign-in with the OIDC provider: the address that the browser opens. */
  beginOidc: { body: emptySchema, reply: z.strictObject({ url: z.string() }) },
  /** The provider sends the browser back. The reply is a redirect to the console. */
  finishOidc: { body: z.record(z.string(), z.string().max(4096)), reply: emptySchema },
} as const satisfies Record<string, { body: z.ZodType; reply: z.ZodType }>;

export type SessionStep = keyof typeof sessionSteps;
export const sessionStepSchema = z.enum(Object.keys(sessionSteps) as SessionStep[]);

export type StepBody<S extends SessionStep> = z.output<(typeof sessionSteps)[S]['body']>;
export type StepReply<S extends SessionStep> = z.output<(typeof sessionSteps)[S]['reply']>;

/** Refusals of the steps. */
export const sessionErrors = [
  'ADMIN_UNAUTHENTICATED',
  'ADMIN_SIGN_IN_REFUSED',
  'ADMIN_TOO_MANY_FAILURES',
  'ADMIN_PASSWORD_WEAK',
  'ADMIN_PASSWORD_CHANGE_REQUIRED',
  'ADMIN_SIGN_IN_STATE_WRONG',
  'ADMIN_SESSION_NOT_FOUND',
] as const;

/** Cookies and the browser of a request, which a gateway passes on. */
const headerSchema = z.string().max(4096);

/** One step. The gateway passes on the cookies of the browser, and sets those of the reply. */
export const takeStep = defineRpc('auth', 'takeSessionStep', {
  request: z.strictObject({
    step: sessionStepSchema,
    /** Of the step, checked again by the responder. */
    body: z.record(z.string(), z.unknown()),
    cookie: headerSchema.optional(),
    userAgent: z.string().max(512).optional(),
    clientAddress: z.string().max(64).optional(),
    requestId: requestIdSchema.optional(),
  }),
  reply: z.strictObject({
    /** Of the step. */
    body: z.record(z.string(), z.unknown()),
    setCookies: z.array(headerSchema),
    redirectTo: z.string().max(2048).optional(),
  }),
  errors: sessionErrors,
  // Some steps ask the OIDC provider.
  timeoutMs: 15_000,
});

/** The cookie of a session. */
export const sessionCookieName = 'polyroom.session';
