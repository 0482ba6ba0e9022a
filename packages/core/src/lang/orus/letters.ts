/** The characters that names and numbers consist of, by their codes. */

export function isDigit(code: number): boolean {
  return code >= 48 && code <= 57;
}

export function isWordStart(code: number): boolean {
  return (code >= 97 && code <= 122) || (code >= 65 && code <= 90) || code === 95;
}

export function isWordPart(code: number): boolean {
  return isWordStart(code) || isDigit(code);
}
