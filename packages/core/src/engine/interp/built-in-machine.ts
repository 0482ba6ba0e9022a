/** The machine's module as it is built in, for hosts that do not have it at hand as bytes. */
import { bytesOfBase64 } from '../../base/base64.ts';
import { MACHINE_BYTES } from './machine-bytes.ts';

export function builtInMachine(): Uint8Array<ArrayBuffer> {
  return bytesOfBase64(MACHINE_BYTES);
}
