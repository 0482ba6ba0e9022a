/** The machine's module as it is built in, for hosts that have no quicker way to it. */
import { bytesOfBase64 } from '../../base/base64.ts';
import { MACHINE_BYTES } from './machine-bytes.ts';

export function builtInMachine(): WebAssembly.Module {
  return new WebAssembly.Module(bytesOfBase64(MACHINE_BYTES));
}
