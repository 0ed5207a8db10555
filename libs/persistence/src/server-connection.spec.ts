import { describe, expect, it } from '@jest/globals';
import { isDatabaseAway, toDatabaseError, withClearErrors } from './server-connection.js';

const secret = 'a-value-of-the-query';
const unreachable = { kind: 'DatabaseNotReachable', host: 'db', port: 5432 };

describe('an error of a database that is away', () => {
  it.each([
    ['of the driver', { cause: unreachable }],
    ["of Prisma's client", { message: secret, meta: { driverAdapterError: { cause: unreachable } } }],
    ['of a server that is stopping', { cause: { kind: 'postgres', originalCode: '57P01' } }],
    ['of a connection that ended during a query', new Error('Connection terminated unexpectedly')],
    ['of a pool without a free connection', new Error('timeout exceeded when trying to connect')],
    [
      'that Prisma has wrapped',
      new Error(`Invalid \`prisma.app.findUnique()\` invocation: ${secret}\n\nConnection terminated`),
    ],
    ['of the network', Object.assign(new Error('connect EHOSTUNREACH'), { code: 'EHOSTUNREACH' })],
  ])('%s becomes DATABASE_UNAVAILABLE without the text of the query', (_what, error) => {
    const clear = toDatabaseError(error);
    expect(clear).toMatchObject({ errorName: 'DATABASE_UNAVAILABLE', retryable: true });
    expect(`${clear?.message} ${String(clear?.cause)}`).not.toContain(secret);
    expect([isDatabaseAway(error), isDatabaseAway(clear)]).toEqual([true, true]);
  });

  it.each([
    ['a violated constraint', { code: 'P2002', cause: { kind: 'UniqueConstraintViolation' } }],
    ['a wrong password', { cause: { kind: 'AuthenticationFailed', originalCode: '28P01' } }],
    ['a fault that quotes such a text', new Error('app "Connection terminated" is unknown')],
    ['nothing', undefined],
  ])('is not %s', (_what, error) => {
    expect([toDatabaseError(error), isDatabaseAway(error)]).toEqual([undefined, false]);
  });
});

describe('withClearErrors', () => {
  class Repository {
    private readonly rows = [1];
    find = (): number[] => this.rows;
    count(): Promise<number> {
      return Promise.resolve(this.rows.length);
    }
    fail(error: Error): Promise<never> {
      return Promise.reject(error);
    }
  }

  it('passes on results and other errors', async () => {
    const repository = withClearErrors(new Repository());
    expect([repository.find(), await repository.count()]).toEqual([[1], 1]);
    await expect(repository.fail(new Error('a fault'))).rejects.toThrow('a fault');
    await expect(repository.fail(new Error('Connection terminated'))).rejects.toMatchObject({
      code: 1190204,
    });
  });
});
