export class StripeError extends Error {
  constructor(
    readonly status: number,
    readonly error: { type: string; code?: string; message: string; param?: string } & Record<
      string,
      unknown
    >,
  ) {
    super(error.message);
  }
}

export const invalid = (message: string, param?: string, code?: string) =>
  new StripeError(400, {
    type: 'invalid_request_error',
    message,
    ...(param && { param }),
    ...(code && { code }),
  });

export const unexpectedState = ({ status }: { status: string }) =>
  invalid(
    `This PaymentIntent has a status of ${status} and cannot be changed so.`,
    undefined,
    'payment_intent_unexpected_state',
  );

export const keyReused = () =>
  new StripeError(400, {
    type: 'idempotency_error',
    message:
      'Keys for idempotent requests can only be used with the same parameters ' +
      'they were first used with.',
  });

export const unknownUrl = (path: string) =>
  new StripeError(404, {
    type: 'invalid_request_error',
    message: `Unrecognized request URL (${path}).`,
  });
