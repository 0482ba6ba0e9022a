/** What the interpreter's `run` gives, and every entry of machine code. */
export const RUN_STATUS = { done: 0, error: 1, fuel: 2, host: 3 } as const;
