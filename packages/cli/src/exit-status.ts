/**
 * What the program's exit status means (specification 1.1 and 24.12 to 24.16). `orus help` and the reference list them.
 */
export const EXIT = {
  ok: { status: 0, doc: 'the program ran to its end, or nobody reads its output any more' },
  usage: { status: 64, doc: 'the command line is wrong' },
  source: { status: 65, doc: 'the source has errors, or cannot be read' },
  runtime: { status: 70, doc: 'a run-time error that nobody caught, or a limit was reached' },
  bug: { status: 71, doc: 'a bug in Orus itself' },
  io: { status: 74, doc: 'input could not be read or output could not be written' },
  interrupted: { status: 130, doc: 'interrupted with Ctrl-C' },
} as const;

export type ExitName = keyof typeof EXIT;
