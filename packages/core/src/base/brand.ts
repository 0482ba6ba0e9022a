/** A number (or string) that only its own kind of index may stand for; see house rules on ids. */
export type Brand<T, Name extends string> = T & { readonly __brand: Name };
