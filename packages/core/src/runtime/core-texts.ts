/**
 * Texts that the runtime core needs: static bytes of its module, and the label strings that the loader places.
 *
 * A static text is `u16 length, bytes`; bytes 1 to 3 stand for the first, second and third value put in. Messages with a
 * fixed wording come from TRAP_MESSAGES instead, which the loader fills from the table of traps.
 */
import { TYPE_CODES } from '../base/kinds.ts';
import { DYNAMIC_ERRORS, TRAP_KIND_NAMES, TRAP_KINDS } from '../base/traps.ts';

/** Type labels by type code below NOMINAL, for the table LABELS (an error's label is used in messages only). */
export const LABEL_TEXTS: readonly string[] = labelTexts();

function labelTexts(): string[] {
  const labels: string[] = [];
  const special: Partial<Record<string, string>> = { func: 'function', range: 'range_iterator', nil: 'void' };
  for (const [name, code] of Object.entries(TYPE_CODES)) labels[code] = special[name] ?? name;
  return labels;
}

const CONVERSIONS = {
  intOverflow: 'int() overflow: \u0001 is out of range for \u0002',
  intOverflowText: 'int() overflow: "\u0001" is out of range for \u0002',
  intWhole: 'int() argument must be a whole number, got f64 \u0001',
  intFinite: 'int() overflow: value is not finite',
  intText: 'int() argument must be an integer string, got "\u0001"',
  intDecimals:
    'int() argument must be an integer string (decimals are not allowed). Use float() to parse decimal values, got "\u0001"',
  intType: 'int() argument must be a string or number, got \u0001',
  floatText: 'float() argument must be a number, got "\u0001"',
  floatOverflow: 'float() overflow: "\u0001" is out of range for f64',
  floatType: 'float() argument must be a string or number, got \u0001',
};

const PIECES = {
  assertFailed: 'assert_eq failed',
  assertExpected: '\n  expected: ',
  assertActual: '\n  actual:   ',
  true: 'true',
  false: 'false',
  nil: 'nil',
  nan: 'nan',
  inf: 'inf',
  errorDisplay: 'Error: ',
  errorInspect: 'Error(',
  function: '<function>',
  range: '<range>',
  rangeOpen: 'range(',
  step: ' step=',
  dots: '...',
  and: 'and',
  or: 'or',
};

/** Placeholders of the dynamic errors become bytes 1, 2, 3 in the order in which they stand in the message. */
function dynamicTexts(): Record<string, string> {
  const texts: Record<string, string> = {};
  for (const [name, row] of Object.entries(DYNAMIC_ERRORS)) {
    let next = 1;
    texts[name] = row.message.replace(/\{\w+\}/g, () => String.fromCharCode(next++));
  }
  return texts;
}

function kindTexts(): Record<string, string> {
  return Object.fromEntries(TRAP_KIND_NAMES.map((name) => [`kind_${name}`, TRAP_KINDS[name].label]));
}

/** All static texts by the name of their constant, without the `T_` that it begins with. Only who makes the core asks for them. */
export function staticTexts(): Readonly<Record<string, string>> {
  return { ...dynamicTexts(), ...CONVERSIONS, ...PIECES, ...kindTexts() };
}
