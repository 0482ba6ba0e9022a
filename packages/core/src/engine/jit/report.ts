/** What became machine code in a run, as plain data: for `--stats=jit` and `--stats=hot`. */

export interface InstructionCount {
  readonly name: string;
  readonly native: number;
  readonly interpreted: number;
}

export interface JitReport {
  /** Why the host compiled nothing (more); null if it did all that was asked. */
  readonly unavailable: string | null;
  readonly instructions: {
    readonly native: number;
    readonly interpreted: number;
    readonly families: readonly InstructionCount[];
    readonly kinds: readonly InstructionCount[];
    readonly opcodes: readonly InstructionCount[];
  };
  readonly units: readonly {
    readonly unit: number;
    readonly bytes: number;
    readonly translateMs: number;
    readonly hostMs: number;
    readonly evicted: boolean;
    readonly parts: readonly {
      readonly func: string;
      readonly line: number;
      /** Where it is entered: by calls, or at this pc by frames that stand there. */
      readonly pc: number;
      readonly instructions: number;
      /** How often it was entered from the interpreter. */
      readonly entered: number;
    }[];
  }[];
  /** Ways out of machine code, most frequent first. */
  readonly exits: readonly {
    readonly reason: string;
    readonly func: string;
    readonly line: number;
    readonly count: number;
  }[];
  /** Instructions about which something is taken for granted, those that failed first. */
  readonly guards: readonly {
    readonly opcode: string;
    readonly func: string;
    readonly line: number;
    /** Times that it held, and times that machine code was left because it did not. */
    readonly held: number;
    readonly failed: number;
  }[];
  readonly refused: readonly {
    readonly func: string;
    readonly line: number;
    readonly pc: number;
    readonly why: string;
  }[];
  /** Loops by the fuel that they took, most first. */
  readonly loops: readonly {
    readonly func: string;
    readonly line: number;
    readonly fuel: number;
    readonly rounds: number;
    /** Share of the rounds that ran as machine code. */
    readonly native: number;
    /** Why not all of them did; empty if they did. */
    readonly why: string;
  }[];
}
