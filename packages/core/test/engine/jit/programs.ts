/** Programs that several tests of machine code run. */

/** Two functions in turn that call themselves, so that nothing takes them in. */
const IN_TURN = `
fn a(n: i64) -> i64:
    if n == 0: return 0
    return a(n - 1) + n % 7

fn b(n: i64) -> i64:
    if n == 0: return 0
    return b(n - 1) + n % 5

mut sum = 0
for i in 0..ROUNDS:
    if i % 2 == 0: sum += a(40)
    else: sum += b(40)
print(sum)
`;

/** The same with calls of function values. */
const VALUES_IN_TURN = `
fn more(n: i64) -> i64: n + 1

fn less(n: i64) -> i64: n - 1

fn a(n: i64, f: fn(i64) -> i64) -> i64:
    mut sum = 0
    for i in 0..n: sum += f(i)
    return sum

fn b(n: i64, f: fn(i64) -> i64) -> i64:
    mut sum = 0
    for i in 0..n: sum -= f(i)
    return sum

fs = [more, less]
mut sum = 0
for i in 0..ROUNDS:
    if i % 2 == 0: sum += a(40, fs[i % 3 % 2])
    else: sum += b(40, fs[i % 5 % 2])
print(sum)
`;

export const valuesInTurn = (rounds: number): string => VALUES_IN_TURN.replace('ROUNDS', String(rounds));

/** That program, with so many rounds. */
export const inTurn = (rounds: number): string => IN_TURN.replace('ROUNDS', String(rounds));
