/** Types of `kernels.mjs`, for the tests. */
export type KernelLanguage = 'orus' | 'lua' | 'luajit' | 'js' | 'c';

export interface Kernel {
  readonly name: string;
  readonly about: string;
  readonly quick: number;
  readonly checksum: string;
}

export const kernelFolder: string;
export const KERNELS: readonly Kernel[];
export function sourceFile(name: string, language: KernelLanguage): string;
export function sizeOf(name: string, language: KernelLanguage): number;
export function sourceText(name: string, language: KernelLanguage, size?: number, times?: number): string;
export function checksumOf(output: string): string;
