import type { Condition, Rule, Verdict } from "./_seccomp_rule.ts";
import { type SeccompPurpose, toRules } from "./_seccomp_rules.ts";
import {
  type Architecture,
  LAST_SYSCALL,
  toSyscallNumber,
} from "./_seccomp_syscalls.ts";

export type { SeccompPurpose } from "./_seccomp_rules.ts";
export type { Architecture } from "./_seccomp_syscalls.ts";

/** An instruction of the classic Berkeley packet filter. */
interface Instruction {
  readonly code: number;
  /** How many instructions to skip if a test holds. */
  readonly ifTrue: number;
  readonly ifFalse: number;
  readonly operand: number;
}

// Source: linux/bpf_common.h, linux/seccomp.h, linux/audit.h.
const LOAD = 0x20;
const AND = 0x54;
const EQUAL = 0x15;
const GREATER = 0x25;
const GREATER_EQUAL = 0x35;
const INTERSECTS = 0x45;
const RETURN = 0x06;

const NUMBER_AT = 0;
const ARCHITECTURE_AT = 4;
const ARGUMENTS_AT = 16;

const KILL_PROCESS = 0x8000_0000;
const ALLOW = 0x7fff_0000;
const ERRNO = 0x0005_0000;
const ENOSYS = { errno: 38 } as const;

const auditNumbers: Readonly<Record<Architecture, number>> = {
  x86_64: 0xc000_003e,
  aarch64: 0xc000_00b7,
};
/** On x86_64, numbers from here on are calls of the x32 interface. */
const X32 = 0x4000_0000;
/** A jump's length is a byte. */
const LONGEST_JUMP = 255;

/**
 * Writes the filter for a purpose: an array of `struct sock_filter`, as
 * `prctl(PR_SET_SECCOMP)` and bubblewrap's `--seccomp` take it. System calls
 * of another architecture end the process; those that nobody knows yet fail
 * with ENOSYS.
 */
export function encodeSeccompFilter(
  architecture: Architecture,
  purpose: SeccompPurpose,
): Uint8Array<ArrayBuffer> {
  return encode([
    load(ARCHITECTURE_AT),
    test(EQUAL, auditNumbers[architecture], 1, 0),
    { ...give("allow"), operand: KILL_PROCESS },
    load(NUMBER_AT),
    ...architecture === "x86_64"
      ? [test(GREATER_EQUAL, X32, 0, 1), give(ENOSYS)]
      : [],
    test(GREATER, LAST_SYSCALL, 0, 1),
    give(ENOSYS),
    ...toRules(purpose).flatMap((rule) => toInstructions(rule, architecture)),
    give("allow"),
  ]);
}

/** One rule; leaves the number of the call loaded if it is not for this call. */
function toInstructions(
  { calls, cases = [], otherwise }: Rule,
  architecture: Architecture,
): Instruction[] {
  const numbers = calls
    .map((name) => toSyscallNumber(name, architecture))
    .filter((number) => number !== undefined);
  const body = [
    ...cases.flatMap(({ when, then }) => {
      const instructions: Instruction[] = [give(then)];
      for (const condition of when.toReversed()) {
        instructions.unshift(...unlessSkip(condition, instructions.length));
      }
      return instructions;
    }),
    give(otherwise),
  ];
  // Each number found leads to the body; the last one not found, past it.
  const tests = numbers.map((number, index) => {
    const left = numbers.length - 1 - index;
    return test(EQUAL, number, left, left === 0 ? body.length : 0);
  });
  return numbers.length === 0 ? [] : [...tests, ...body];
}

/** Skips some instructions unless a condition holds. */
function unlessSkip(condition: Condition, count: number): Instruction[] {
  const { argument, upper } = condition;
  const at = ARGUMENTS_AT + 8 * argument + (upper ? 4 : 0);
  if ("intersects" in condition) {
    return [load(at), test(INTERSECTS, condition.intersects, 0, count)];
  }
  const { mask, equals } = condition;
  return [
    load(at),
    ...mask === undefined
      ? []
      : [{ code: AND, ifTrue: 0, ifFalse: 0, operand: mask }],
    test(EQUAL, equals, 0, count),
  ];
}

function load(offset: number): Instruction {
  return { code: LOAD, ifTrue: 0, ifFalse: 0, operand: offset };
}

function test(
  code: number,
  operand: number,
  ifTrue: number,
  ifFalse: number,
): Instruction {
  if (Math.max(ifTrue, ifFalse) > LONGEST_JUMP) {
    throw new RangeError("A rule of the system call filter is too long");
  }
  return { code, ifTrue, ifFalse, operand };
}

function give(verdict: Verdict): Instruction {
  const operand = verdict === "allow" ? ALLOW : ERRNO | verdict.errno;
  return { code: RETURN, ifTrue: 0, ifFalse: 0, operand };
}

/** `struct sock_filter`: u16 code, u8 jt, u8 jf, u32 k. */
function encode(
  instructions: readonly Instruction[],
): Uint8Array<ArrayBuffer> {
  const view = new DataView(new ArrayBuffer(instructions.length * 8));
  instructions.forEach(({ code, ifTrue, ifFalse, operand }, index) => {
    view.setUint16(index * 8, code, true);
    view.setUint8(index * 8 + 2, ifTrue);
    view.setUint8(index * 8 + 3, ifFalse);
    view.setUint32(index * 8 + 4, operand >>> 0, true);
  });
  return new Uint8Array(view.buffer);
}

/** The filter for commands that bubblewrap's namespaces keep to themselves. */
export function toBubblewrapFilter(network: boolean): Uint8Array<ArrayBuffer> {
  return encodeSeccompFilter(Deno.build.arch, { network });
}
