// The runtime core's exports: one a row of base/builtins.ts (dots as underscores), and what the interpreter, the loader
// and machine code call beside those. Calling conventions and the restart contract: vm.ts; memory: alloc.ts and gc.ts.
import { allocateCell, allocateCleared } from './alloc';

// strings
export {
  flatten, str_append, str_append_i64, str_byte, str_cmp, str_concat, str_concat_i64, str_eq, str_hash, str_index, str_single,
  str_slice,
} from './strings';

// numbers
export { cmp_i64_f64, cmp_u64_f64, f64_rem, text_f64, text_i64, text_u64 } from './numbers';
export { arity_error, box_wide, float_any, int_any, unbox_error } from './convert';

// any
export { adapt_any, cast_any, convert_any } from './cast';
export {
  any_array, any_func, any_get, any_index, any_len, any_set, any_slice, dyn_add, dyn_and, dyn_bitnot, dyn_div,
  dyn_field, dyn_ge, dyn_gt, dyn_le, dyn_logic, dyn_lt, dyn_method, dyn_mul, dyn_neg, dyn_not, dyn_or, dyn_rem,
  dyn_setfield, dyn_shl, dyn_shr, dyn_sub, dyn_xor,
} from './any';
export { equal_any } from './equal';

// arrays
export {
  array_fill, array_get_any, array_get_slot, array_kind, array_new, array_pop_any, array_pop_slot, array_push_any,
  array_push_slot, array_repeat, array_set_any, array_set_slot, array_slice,
} from './arrays';
export { any_sorted, array_sorted } from './sort';

// iteration, types, errors
export { iter_any, iter_more, iter_next, loop_check, loop_enter, loop_more, loop_next } from './iterate';
export { raise, range_any, range_more, range_new, range_next, typeof_any } from './iterate';
export { trap_error } from './errors';

// output and input
export { flush, out_begin, out_end } from './text';
export { assert_eq, input, out_decimals, out_radix, out_scan, out_text, out_value, timestamp } from './output';

// memory
export { gc_init } from './area';
export { gc_barrier, gc_collect, gc_step, gc_wanted } from './gc';

/** An object with a cleared body, or 0 with PENDING set. `head` is layout << 8 | type << 16. */
export function gc_alloc(bytes: u32, head: u32, aux: u32): u32 {
  return allocateCleared(bytes, head, aux);
}

/** Slow path of inline allocation: a cell of a size class with undefined contents; refills the class's free list. */
export function alloc_class(cls: u32): u32 {
  return allocateCell(cls);
}
