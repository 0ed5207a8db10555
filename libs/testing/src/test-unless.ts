interface Test {
  (name: string, body: () => Promise<void>): void;
  skip(name: string, body: () => Promise<void>): void;
}

/** Whether a language that is missing is a failure, as in the workflows, which install all of them. */
export function areLanguagesRequired(env: NodeJS.ProcessEnv): boolean {
  return env['POLYROOM_REQUIRE_LANGUAGES'] === '1';
}

/**
 * Jest's `test`, for a test that needs programs. If one is missing, the test is skipped with the reason in its name, or
 * fails if languages are required.
 */
export function testUnless(
  test: Test,
  missing: string | undefined,
  env: NodeJS.ProcessEnv = process.env,
): (name: string, body: () => Promise<void>) => void {
  return (name, body) => {
    if (missing === undefined) {
      test(name, body);
    } else if (areLanguagesRequired(env)) {
      test(name, () => Promise.reject(new Error(`${missing}, and POLYROOM_REQUIRE_LANGUAGES is 1`)));
    } else {
      test.skip(`${name} (${missing})`, body);
    }
  };
}
