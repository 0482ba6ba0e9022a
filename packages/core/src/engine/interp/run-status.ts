/** What the interpreter's `run` gives, and every entry of machine code. `guess`: machine code that was wrong about what comes; nothing is done. */
export const RUN_STATUS = { done: 0, error: 1, fuel: 2, host: 3, guess: 4 } as const;
