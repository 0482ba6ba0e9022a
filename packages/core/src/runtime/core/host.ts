// What the core asks of its host. Nothing else is imported but the memory.

/** Appends bytes to standard output; non-zero if the run must end. */
// @ts-ignore: decorator
@external('host', 'write')
export declare function host_write(bytes: u32, length: u32): i32;

/** Length of the next line of standard input, -1 at its end, -2 if the run must end. The same line until it is taken. */
// @ts-ignore: decorator
@external('host', 'read_line')
export declare function host_read_line(): i32;

/** Copies the line that `read_line` told of to an address and takes it. */
// @ts-ignore: decorator
@external('host', 'take_line')
export declare function host_take_line(to: u32): void;

/** Seconds on a monotonic clock. */
// @ts-ignore: decorator
@external('host', 'now')
export declare function host_now(): f64;

/** Told when the collector begins (1) and ends (0) a piece of its work, which the guest waits for. */
// @ts-ignore: decorator
@external('host', 'collecting')
export declare function host_collecting(on: u32): void;
