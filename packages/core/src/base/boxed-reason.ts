/**
 * Why a value is boxed, as the analysis of loops finds it and the message about a loop tells it.
 */
export type BoxedReason =
  | 'operation'
  | 'conversion'
  | 'element'
  | 'field'
  | 'variable'
  | 'cell'
  | 'argument'
  | 'result'
  | 'carried';
