// Types of errors.mjs for the tests.
export const SETUP_ERRORS: Readonly<Record<string, { readonly message: (detail: string) => string; readonly hint: string }>>;
