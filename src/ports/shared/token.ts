declare const TYPE: unique symbol;

/** An injection token that carries the type of the object that it stands for. */
export type Token<T> = symbol & { readonly [TYPE]: T };

/** Returns a new token. The name appears in Nest's error messages. */
export const token = <T>(name: string): Token<T> => Symbol(name) as Token<T>;
