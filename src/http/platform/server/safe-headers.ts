/** Headers of every answer. */
export const SAFE_HEADERS = {
  'x-content-type-options': 'nosniff',
  'x-frame-options': 'DENY',
  'referrer-policy': 'no-referrer',
};

const only = (...sources: readonly string[]): string => sources.join('; ');

/** Content security policy of the booking page: its own scripts and styles, nothing inline. */
export const PAGE_POLICY = only(
  "default-src 'self'",
  "connect-src 'self'",
  "img-src 'self' data:",
  "object-src 'none'",
  "base-uri 'none'",
  "form-action 'self'",
  "frame-ancestors 'none'",
);

/** Content security policy of the API's page: Swagger UI has inline styles. */
export const DOCS_POLICY = only(PAGE_POLICY, "style-src 'self' 'unsafe-inline'");
