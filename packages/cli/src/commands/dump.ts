export const dump = () => 0;
export const disasm = () => 0;
