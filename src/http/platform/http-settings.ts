export interface HttpSettings {
  /** How tokens are checked. */
  readonly auth: AuthSettings;
  /** Whether `POST /v1/dev/tokens` issues tokens to anyone; never in production. Needs a secret. */
  readonly devTokens: boolean;
  /** Absolute path of the booking page; none is served without it. */
  readonly webFolder?: string;
  /** Public origin, `https://host`; by default the host of the request. */
  readonly publicUrl?: string;
  /** Limit for the shutdown of the process. Seconds. */
  readonly shutdownSeconds: number;
  /** Secret. Addresses are hashed with it before the log gets them; the same on every node. */
  readonly addressKey: Buffer;
  /** Live feeds open at once in this process. */
  readonly maxStreams?: number;
}

export interface AuthSettings {
  /** At least 32 bytes, shared with the issuer (HS256); or the issuer's public keys. */
  readonly keys: { readonly secret: string } | { readonly jwksUrl: string };
  readonly issuer?: string;
  readonly audience?: string;
}
