export interface HttpSettings {
  /** How tokens are checked. */
  readonly auth: AuthSettings;
  /** `POST /v1/dev/tokens` mints tokens for anyone: to try it out, never in production. Needs a secret. */
  readonly devTokens: boolean;
  /** Absolute path of the booking page; none is served without it. */
  readonly webFolder?: string;
  /** `https://host`, as whoever is not here reaches it; unless told, what the request was sent to. */
  readonly publicUrl?: string;
  /** For the process to end once it is told to. Seconds. */
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
