import { Module } from '@nestjs/common';
import { SignInFailures } from './sign-in-failures.js';

/** Records failed sign-ins. */
@Module({ providers: [SignInFailures], exports: [SignInFailures] })
export class SignInFailuresModule {}
