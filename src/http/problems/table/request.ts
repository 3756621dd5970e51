import { kind } from './problem-kind.js';

/** Problems of the HTTP request itself, whatever the route. */
export const REQUEST_PROBLEMS = {
  'request-malformed': kind(
    400,
    'Malformed HTTP request',
    'The request is not valid HTTP/1.1, repeats a header that may appear once, or names an ' +
      'invalid host. Send a well-formed request.',
  ),
  'url-malformed': kind(
    400,
    'Malformed URL',
    'The URL is not percent-encoded UTF-8, or a part of the path is too long. Encode path and ' +
      'query as UTF-8 and shorten the path.',
  ),
  'body-malformed': kind(
    400,
    'Malformed body',
    'The body is not one JSON document in UTF-8, or its length differs from `Content-Length`. ' +
      'Send valid JSON, or no body.',
  ),
  'validation-failed': kind(
    400,
    'Invalid request',
    'Some fields or parameters are invalid. Correct each entry of `errors`: `path` is a JSON ' +
      'pointer or a parameter name, `message` says what is wrong.',
    { carries: ['errors'] },
  ),
  'idempotency-key-missing': kind(
    400,
    'Idempotency-Key missing',
    'The request has no `Idempotency-Key` header. Send a new key for each new request and the ' +
      'same key when you repeat a request.',
  ),
  'idempotency-key-invalid': kind(
    400,
    'Invalid Idempotency-Key',
    'The `Idempotency-Key` must have 1 to 255 visible ASCII characters. Send a UUID, for example.',
  ),
  'cursor-invalid': kind(
    400,
    'Invalid cursor',
    'The cursor was altered or belongs to a request with other filters. Send `next` of the ' +
      'previous page unchanged with the same filters, or start without a cursor.',
  ),
  'not-found': kind(
    404,
    'Not found',
    'This URL does not exist for this method. See /docs for the available calls.',
  ),
  'request-timeout': kind(
    408,
    'Request timeout',
    'The request did not arrive in time. Send the whole request without long pauses.',
  ),
  'body-too-large': kind(
    413,
    'Body too large',
    'The body is larger than `limitBytes` bytes. Send a smaller body.',
    { carries: ['limitBytes'] },
  ),
  'media-type-unsupported': kind(
    415,
    'Unsupported media type',
    'The body is not declared as JSON. Send JSON with the header `Content-Type: application/json`.',
  ),
  'headers-too-large': kind(
    431,
    'Headers too large',
    'URL and headers together exceed 16 KiB. Send a shorter URL or fewer headers.',
  ),
  'internal-error': kind(
    500,
    'Internal error',
    'The server failed unexpectedly. Try again. If the error persists, send `requestId` to the ' +
      'operator.',
    { carries: ['requestId'] },
  ),
};
